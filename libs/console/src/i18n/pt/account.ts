import type { Words } from '../words.js';

export const account: Words<'account'> = {
  account: {
    nothingHere: 'Sua equipe não pode ver nenhuma tela do console; esta página é sempre sua.',
    rights: 'O que {{team}} permite a você',
    rightsHelp: 'Versão {{version}} do modelo. Mudanças aparecem aqui sozinhas.',
    numbersHidden: 'Os números dos clientes ficam mascarados para você.',
    numbersShown: 'Você vê os números inteiros dos clientes onde suas permissões deixam.',
    password: 'Senha',
    current: 'Senha atual',
    change: 'Trocar a senha',
    changed: 'Sua senha foi trocada. Todas as outras sessões foram encerradas.',
    passwordHelp: 'Todas as suas outras sessões e chaves de API terminam na hora.',
  },
};
