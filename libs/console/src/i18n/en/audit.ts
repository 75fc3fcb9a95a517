export const audit = {
  audit: {
    find: 'Find in the log',
    kind: 'Of what',
    anyKind: 'Changes of anything',
    kinds: {
      agent: 'Agent',
      team: 'Team',
      api_key: 'API key',
      session: 'Session',
      conversation: 'Conversation',
      contact: 'Contact',
      channel: 'Channel',
      workspace: 'Workspace',
      threshold: 'Threshold',
      webhook: 'Webhook',
    },
    none: 'Nothing found',
    system: 'Muster itself',
    reason: 'Reason: {{reason}}',
    request: 'request {{id}}',
    chain:
      'Entries are only added, and each carries the hash of all before it: “muster audit verify” proves that none was changed or removed.',
  },
} as const;
