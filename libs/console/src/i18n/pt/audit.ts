import type { Words } from '../words.js';

export const audit: Words<'audit'> = {
  audit: {
    find: 'Buscar no registro',
    kind: 'De quê',
    anyKind: 'Mudanças de qualquer coisa',
    kinds: {
      agent: 'Agente',
      team: 'Equipe',
      api_key: 'Chave de API',
      session: 'Sessão',
      conversation: 'Conversa',
      contact: 'Contato',
      channel: 'Canal',
      workspace: 'Espaço de trabalho',
      threshold: 'Limite',
      webhook: 'Webhook',
    },
    none: 'Nada encontrado',
    system: 'O próprio Muster',
    reason: 'Motivo: {{reason}}',
    request: 'pedido {{id}}',
    chain:
      'Entradas só são acrescentadas, e cada uma leva o hash de todas as anteriores: “muster audit verify” prova que nenhuma foi mudada ou removida.',
  },
};
