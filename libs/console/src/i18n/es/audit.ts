import type { Words } from '../words.js';

export const audit: Words<'audit'> = {
  audit: {
    find: 'Buscar en el registro',
    kind: 'De qué',
    anyKind: 'Cambios de cualquier cosa',
    kinds: {
      agent: 'Agente',
      team: 'Equipo',
      api_key: 'Clave de API',
      session: 'Sesión',
      conversation: 'Conversación',
      contact: 'Contacto',
      channel: 'Canal',
      workspace: 'Espacio de trabajo',
      threshold: 'Umbral',
      webhook: 'Webhook',
    },
    none: 'No se encontró nada',
    system: 'El propio Muster',
    reason: 'Motivo: {{reason}}',
    request: 'petición {{id}}',
    chain:
      'Las entradas solo se añaden, y cada una lleva el hash de todas las anteriores: «muster audit verify» prueba que ninguna se cambió ni se quitó.',
  },
};
