/**
 * What the roster is computed from: versioned rows and the windows. Pure.
 *
 * Who calls: the projection, for each entry of the feed. Guaranteed: a row enters only if it is newer than the
 * known one, an increment only if the loaded snapshot did not see its transaction; so entries may come twice, late,
 * or for what was loaded already. Such entries still touch what they are about: on nodes that loaded earlier they
 * were changes.
 */
import type { AgentState } from '../../agents/agent.events.js';
import type { ConversationState } from '../../conversations/conversation.events.js';
import { type Increment, WindowCounter } from '../../density/window.js';
import type { PresenceState } from '../../presence/presence.events.js';
import type { TeamState } from '../../teams/team.events.js';
import type { Counted, FeedChange } from '../feed/feed-entry.js';
import type { Journal } from './journal.js';
import { CONVERSATION_FIELDS, FIELD } from './row.js';
import type { Touched } from './touched.js';
import { parseSnapshot, type Snapshot, visibleIn } from './visible-in.js';

/** A workspace as one snapshot of PostgreSQL saw it. */
export interface LoadedState {
  /** `pg_current_snapshot()` of the load. */
  snapshot: string;
  /** The server's time by which whatever the load saw has its entry on the feed. */
  settledAt: number;
  /** Deleted ones too, of teams and agents: an older version may still come. */
  teams: TeamState[];
  agents: AgentState[];
  presences: PresenceState[];
  /** Open ones with an assignee. */
  conversations: ConversationState[];
  /** Of the last hour before the journal's bucket, and later. */
  counts: Increment[];
}

const MAX_SETTLED = 20_000;
const NONE: ReadonlyMap<string, ConversationState> = new Map();

export class Inputs {
  readonly teams = new Map<string, TeamState>();
  readonly agents = new Map<string, AgentState>();
  readonly presences = new Map<string, PresenceState>();
  /** Agents by team, deleted ones not among them. */
  private readonly members = new Map<string, Set<string>>();
  /** Counted conversations, by id and by assignee. */
  private readonly conversations = new Map<string, ConversationState>();
  private readonly assigned = new Map<string, Map<string, ConversationState>>();
  /** Versions of conversations that count for nobody, oldest first. */
  private readonly settled: Map<string, number>;
  private readonly agentWindows: WindowCounter;
  private readonly teamWindows: WindowCounter;
  private readonly snapshot: Snapshot;

  constructor(journal: Pick<Journal, 'bucket' | 'settled'>, loaded: LoadedState) {
    this.settled = new Map(journal.settled);
    this.agentWindows = new WindowCounter(journal.bucket);
    this.teamWindows = new WindowCounter(journal.bucket);
    this.snapshot = parseSnapshot(loaded.snapshot);
    for (const team of loaded.teams) this.teams.set(team.id, team);
    for (const agent of loaded.agents) this.setAgent(agent);
    for (const presence of loaded.presences) this.presences.set(presence.agentId, presence);
    for (const conversation of loaded.conversations) this.count(conversation);
    for (const increment of loaded.counts) this.increase(increment);
  }

  get bucket(): number {
    return this.agentWindows.bucket;
  }

  membersOf(teamId: string): ReadonlySet<string> {
    return this.members.get(teamId) ?? new Set();
  }

  conversationsOf(agentId: string): ReadonlyMap<string, ConversationState> {
    return this.assigned.get(agentId) ?? NONE;
  }

  agentDensity(agentId: string) {
    return this.agentWindows.windows(agentId);
  }

  teamDensity(teamId: string) {
    return this.teamWindows.windows(teamId);
  }

  settledVersions(): [string, number][] {
    return [...this.settled];
  }

  advance(bucket: number, touched: Touched): void {
    for (const id of this.agentWindows.advance(bucket)) touched.agent(id, FIELD.density);
    for (const id of this.teamWindows.advance(bucket)) touched.team(id);
  }

  /** Takes what is new in `change`. */
  apply(change: FeedChange, touched: Touched): void {
    for (const team of change.teams ?? []) this.takeTeam(team, touched);
    for (const agent of change.agents ?? []) this.takeAgent(agent, touched);
    for (const presence of change.presences ?? []) this.takePresence(presence, touched);
    for (const conversation of change.conversations ?? []) this.takeConversation(conversation, touched);
    for (const counted of change.counted ?? []) this.takeCounted(counted, touched);
  }

  private takeTeam(state: TeamState, touched: Touched): void {
    const known = this.teams.get(state.id);
    const isKnown = known !== undefined && known.version >= state.version;
    touched.team(state.id);
    if (!isKnown) this.teams.set(state.id, state);
    if (isKnown || mattersToAgents(known, state)) for (const id of this.membersOf(state.id)) touched.agent(id);
  }

  private takeAgent(state: AgentState, touched: Touched): void {
    const known = this.agents.get(state.id);
    touched.agent(state.id);
    if (state.deleted) touched.ended.add(state.id);
    if (known && known.version >= state.version) touched.mayHaveMoved = true;
    else this.setAgent(state);
  }

  private setAgent(state: AgentState): void {
    const before = this.agents.get(state.id);
    if (before) this.members.get(before.teamId)?.delete(state.id);
    this.agents.set(state.id, state);
    if (state.deleted) return;
    const members = this.members.get(state.teamId) ?? new Set();
    this.members.set(state.teamId, members.add(state.id));
  }

  private takePresence(state: PresenceState, touched: Touched): void {
    touched.agent(state.agentId);
    const known = this.presences.get(state.agentId);
    if (!known || known.version < state.version) this.presences.set(state.agentId, state);
  }

  private takeConversation(state: ConversationState, touched: Touched): void {
    const before = this.conversations.get(state.id);
    for (const id of [state.assigneeId, state.previousAssigneeId, before?.assigneeId]) {
      touched.agent(id, CONVERSATION_FIELDS);
    }
    const version = before?.version ?? this.settled.get(state.id) ?? -1;
    if (version >= state.version) return;
    if (before?.assigneeId) this.assigned.get(before.assigneeId)?.delete(state.id);
    this.count(state);
  }

  private count(state: ConversationState): void {
    if (!isCounted(state)) return this.settle(state);
    this.settled.delete(state.id);
    this.conversations.set(state.id, state);
    const assigned = this.assigned.get(state.assigneeId) ?? new Map<string, ConversationState>();
    this.assigned.set(state.assigneeId, assigned.set(state.id, state));
  }

  private settle(state: ConversationState): void {
    this.conversations.delete(state.id);
    this.settled.delete(state.id);
    this.settled.set(state.id, state.version);
    const [oldest] = this.settled.keys();
    if (oldest !== undefined && this.settled.size > MAX_SETTLED) this.settled.delete(oldest);
  }

  private takeCounted({ xid, increments }: Counted, touched: Touched): void {
    const isKnown = visibleIn(this.snapshot, xid);
    for (const increment of increments) {
      touched.agent(increment.agentId, FIELD.density);
      touched.team(increment.teamId);
      if (!isKnown) this.increase(increment);
    }
  }

  private increase({ agentId, teamId, bucket, inbound, outbound }: Increment): void {
    if (agentId) this.agentWindows.add(agentId, bucket, inbound, outbound);
    if (teamId) this.teamWindows.add(teamId, bucket, inbound, outbound);
  }
}

/** Whether rows or standings of the team's agents may differ. */
function mattersToAgents(before: TeamState | undefined, after: TeamState): boolean {
  return before?.status !== after.status || before.canReply !== after.canReply || before.capacity !== after.capacity;
}

/** Whether the conversation counts for somebody. */
function isCounted(state: ConversationState): state is ConversationState & { assigneeId: string } {
  return state.status === 'open' && state.assigneeId !== null;
}
