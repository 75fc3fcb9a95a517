import type { Verb } from './openapi.js';
import { nounOfParameter, operationId, summaryOf } from './naming.js';

const named = (verb: Verb, path: string, name: string, method: string) => ({
  verb,
  path: `/api/v1/${path}`,
  controller: { name },
  method,
});

describe('names of operations', () => {
  it.each([
    [named('get', 'teams', 'TeamsController', 'list'), 'teams.list', 'List teams'],
    [named('get', 'api-keys', 'ApiKeysController', 'list'), 'apiKeys.list', 'List API keys'],
    [named('get', 'policies', 'PoliciesController', 'list'), 'policies.list', 'List policies'],
    [named('post', 'agents', 'AgentsController', 'create'), 'agents.create', 'Create agent'],
    [
      named('put', 'agents/{id}/presence', 'AgentsController', 'setPresence'),
      'agents.setPresence',
      'Set presence of agent',
    ],
    [
      named('get', 'agents/{id}/permissions', 'AgentsController', 'permissions'),
      'agents.permissions',
      'Permissions of agent',
    ],
    [
      named('post', 'conversations/{id}/assign', 'ConversationsController', 'assign'),
      'conversations.assign',
      'Assign conversation',
    ],
    [named('post', 'auth/login', 'AuthController', 'login'), 'auth.login', 'Login'],
    [named('get', 'me', 'MeController', 'me'), 'me', 'Me'],
  ])('%j is %s: %s', (route, id, summary) => {
    expect(operationId(route)).toBe(id);
    expect(summaryOf(route)).toBe(summary);
  });

  it('tells what an id is of', () => {
    expect(nounOfParameter('/api/v1/api-keys/{id}', 'id')).toBe('API key');
    expect(nounOfParameter('/api/v1/agents/{id}/timeline', 'id')).toBe('agent');
    expect(nounOfParameter('/api/v1/agents/{id}/keys/{apiKeyId}', 'apiKeyId')).toBe('api key');
  });
});
