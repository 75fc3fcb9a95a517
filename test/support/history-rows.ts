import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import type { Direction, PresenceState } from '#contracts';
import { insertWorkspace } from './workspace-rows.js';

const MINUTE = 60_000;

/** A stretch of minutes; without an end it lasts. */
export interface Minutes {
  from: number;
  to: number | null;
}

export interface Message {
  conversation: number;
  at: number;
  direction: Direction;
}

/** What happened to one agent, in minutes since some time. */
export interface AgentHistory {
  presence: (Minutes & { state: PresenceState })[];
  /** Conversations it had. */
  had: Minutes[];
  messages: Message[];
}

/** Writes histories of agents of one team as rows, in a workspace of their own. */
export async function insertHistory(pool: Pool, zero: number, histories: AgentHistory[]) {
  const workspace = await insertWorkspace(pool, { teams: 1, agents: histories.length, conversations: 0 });
  const time = (minute: number | null) => (minute === null ? null : new Date(zero + minute * MINUTE));
  for (const [index, { presence, had, messages }] of histories.entries()) {
    const agentId = workspace.agents[index].id;
    for (const { from, to, state } of presence) {
      await pool.query(
        `insert into presence_interval (id, workspace_id, agent_id, state, availability, connected, cause, started_at, ended_at)
         values ($1, $2, $3, $4, 'available', true, 'chosen', $5, $6)`,
        [randomUUID(), workspace.id, agentId, state, time(from), time(to)],
      );
    }
    for (const { from, to } of had) {
      await pool.query(
        `insert into assignment_interval (workspace_id, conversation_id, agent_id, started_at, ended_at)
         values ($1, $2, $3, $4, $5)`,
        [workspace.id, randomUUID(), agentId, time(from), time(to)],
      );
    }
    const conversations = new Map(messages.map(({ conversation }) => [conversation, randomUUID()]));
    for (const { conversation, at, direction } of messages) {
      await pool.query(
        `insert into interaction (workspace_id, id, conversation_id, agent_id, team_id, direction, at, recorded_at)
         values ($1, $2, $3, $4, $5, $6, $7, now())`,
        [workspace.id, randomUUID(), conversations.get(conversation), agentId, workspace.teams[0], direction, time(at)],
      );
    }
  }
  return workspace;
}
