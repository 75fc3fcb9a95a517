import type { Words } from '../words.js';

export const account: Words<'account'> = {
  account: {
    nothingHere: 'Su equipo no puede ver ninguna pantalla de la consola; esta página siempre es suya.',
    rights: 'Lo que {{team}} le permite hacer',
    rightsHelp: 'Versión {{version}} de la plantilla. Los cambios aparecen aquí solos.',
    numbersHidden: 'Los números de los clientes están enmascarados para usted.',
    numbersShown: 'Ve los números completos de los clientes donde sus permisos lo dejan.',
    password: 'Contraseña',
    current: 'Contraseña actual',
    change: 'Cambiar la contraseña',
    changed: 'Su contraseña ha cambiado. Todas las demás sesiones se han cerrado.',
    passwordHelp: 'Todas sus demás sesiones y claves de API terminan al instante.',
  },
};
