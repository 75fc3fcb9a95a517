/** An id in capitals is the same id: wherever one is given in a body or a query, it is read as PostgreSQL writes it. */
import 'reflect-metadata';
import { type ClassConstructor, plainToInstance } from 'class-transformer';
import { AccessCheckRequest } from '../../src/access/access-check.dto.js';
import {
  AssignRequest,
  CreateConversationRequest,
  ListConversationsQuery,
} from '../../src/conversations/conversations.dto.js';
import { SubscribeRoster } from '../../src/dashboard/dashboard.dto.js';
import { CreateChannelRequest } from '../../src/interactions/channels.dto.js';
import { TeamQuery } from '../../src/roster/roster.dto.js';

const ID = '0199aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee';

describe('ids in capitals', () => {
  it.each<[ClassConstructor<object>, (id: string) => object]>([
    [AccessCheckRequest, (agentId) => ({ agentId })],
    [AssignRequest, (id) => ({ agentId: id, teamId: id })],
    [CreateConversationRequest, (teamId) => ({ teamId })],
    [ListConversationsQuery, (id) => ({ assigneeId: id, teamId: id })],
    [CreateChannelRequest, (teamId) => ({ teamId })],
    [TeamQuery, (teamId) => ({ teamId })],
    [SubscribeRoster, (id) => ({ scope: { teamId: id, agentIds: [id] } })],
  ])('are those in small letters: %p', (type, given) => {
    expect(plainToInstance(type, given(ID.toUpperCase()))).toMatchObject(given(ID));
  });

  it('leave anything else to be refused', () => {
    expect(plainToInstance(SubscribeRoster, { scope: { teamId: 7, agentIds: 'A' } })).toMatchObject({
      scope: { teamId: 7, agentIds: 'A' },
    });
  });
});
