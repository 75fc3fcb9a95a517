/**
 * What travels on a workspace's feed: rows, absolute and versioned, and increments with their transaction.
 *
 * Who calls: the feed (to write and read), the projection (to apply). Guaranteed: `decode(encode(change))` is the
 * change. What must never happen: customer data in an entry.
 */
import type { AgentState } from '../../agents/agent.events.js';
import type { ConversationState } from '../../conversations/conversation.events.js';
import type { Increment } from '../../density/window.js';
import type { MessageChange } from '../../messages/message.events.js';
import type { PresenceState } from '../../presence/presence.events.js';
import type { TeamState } from '../../teams/team.events.js';

/** Interactions that one transaction recorded. */
export interface Counted {
  /** The transaction's id, 64 bits, in decimal. */
  xid: string;
  increments: Increment[];
}

/** What changed. */
export interface FeedChange {
  teams?: TeamState[];
  agents?: AgentState[];
  presences?: PresenceState[];
  conversations?: ConversationState[];
  messages?: MessageChange[];
  counted?: Counted[];
}

/** One entry of the feed. Offsets of an epoch have no holes. */
export interface FeedEntry {
  epoch: string;
  offset: number;
  /** The server's time when it was written, never going back. */
  at: number;
  /** The bucket that is now, as of this entry. */
  bucket: number;
  change: FeedChange;
}

/** An increment without its names, for there are many. */
type Compact = [agentId: string | null, teamId: string | null, bucket: number, inbound: number, outbound: number];

type Wire = Omit<FeedChange, 'counted'> & { counted?: [xid: string, increments: Compact[]][] };

/** A change as the feed keeps it. */
export function encodeChange({ counted, ...rows }: FeedChange): string {
  const wire: Wire = { ...rows };
  if (counted) wire.counted = counted.map(({ xid, increments }) => [xid, increments.map(compact)]);
  return JSON.stringify(wire);
}

/** The change that `encodeChange` made `text` of. */
export function decodeChange(text: string): FeedChange {
  const { counted, ...rows } = JSON.parse(text) as Wire;
  if (!counted) return rows;
  return { ...rows, counted: counted.map(([xid, increments]) => ({ xid, increments: increments.map(expand) })) };
}

/** Several changes as one; rows keep their order. */
export function mergeChanges(changes: readonly FeedChange[]): FeedChange {
  return {
    teams: some(changes.flatMap((change) => change.teams ?? [])),
    agents: some(changes.flatMap((change) => change.agents ?? [])),
    presences: some(changes.flatMap((change) => change.presences ?? [])),
    conversations: some(changes.flatMap((change) => change.conversations ?? [])),
    messages: some(changes.flatMap((change) => change.messages ?? [])),
    counted: some(changes.flatMap((change) => change.counted ?? [])),
  };
}

/** Roughly how large a change is: the number of its rows. */
export function sizeOf(change: FeedChange): number {
  const { teams = [], agents = [], presences = [], conversations = [], messages = [], counted = [] } = change;
  const increments = counted.reduce((sum, { increments }) => sum + increments.length, 0);
  return teams.length + agents.length + presences.length + conversations.length + messages.length + increments;
}

function some<T>(rows: T[]): T[] | undefined {
  return rows.length > 0 ? rows : undefined;
}

function compact({ agentId, teamId, bucket, inbound, outbound }: Increment): Compact {
  return [agentId, teamId, bucket, inbound, outbound];
}

function expand([agentId, teamId, bucket, inbound, outbound]: Compact): Increment {
  return { agentId, teamId, bucket, inbound, outbound };
}
