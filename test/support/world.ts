/**
 * A workspace as PostgreSQL would hold it, for tests: commits, their transaction ids, and a feed to which they are
 * published later, in any order. The oracle counts everything from the stored rows.
 */
import type { RosterRow, RosterTeam } from '#contracts';
import type { AgentState } from '../../src/agents/agent.events.js';
import type { ConversationState } from '../../src/conversations/conversation.events.js';
import { type Increment, SPANS } from '../../src/density/window.js';
import type { PresenceState } from '../../src/presence/presence.events.js';
import type { TeamState } from '../../src/teams/team.events.js';
import { decodeChange, encodeChange, type FeedChange, type FeedEntry } from '../../src/roster/feed/feed-entry.js';
import type { LoadedState } from '../../src/roster/projection/inputs.js';

export const EPOCH = 'epoch';
const FIRST_BUCKET = 1_000_000;

/** One random decision: what to do, and two numbers to choose with. */
export interface Decision {
  what: number;
  which: number;
  how: number;
}

export class World {
  readonly feed: FeedEntry[] = [];
  readonly teams = new Map<string, TeamState>();
  readonly agents = new Map<string, AgentState>();
  readonly presences = new Map<string, PresenceState>();
  readonly conversations = new Map<string, ConversationState>();
  readonly increments: Increment[] = [];
  bucket = FIRST_BUCKET;
  private readonly unpublished: FeedChange[] = [];
  private readonly inProgress = new Set<number>();
  private xid = 1_000;
  private ids = 0;

  constructor() {
    this.publish({});
    for (let index = 0; index < 3; index++) this.createTeam();
    for (let index = 0; index < 5; index++) this.createAgent(index);
    this.settle(0);
  }

  get offset(): number {
    return this.feed.length;
  }

  /** Commits something. */
  change({ what, which, how }: Decision): void {
    const acts = [
      () => this.changeTeam(which, how),
      () => this.createTeam(),
      () => this.createAgent(which),
      () => this.changeAgent(which, how),
      () => this.setPresence(which, how),
      () => this.setPresence(which, how),
      () => this.openConversation(which, how),
      () => this.changeConversation(which, how),
      () => this.changeConversation(which, how),
      () => this.record(which, how),
      () => this.record(which, how),
      () => this.begin(),
      () => this.deleteSomething(which, how),
    ];
    acts[what % acts.length]?.();
  }

  /** Publishes one of the committed changes, not always the oldest. */
  publishOne(which: number): void {
    const [change] = this.unpublished.splice(which % Math.max(1, this.unpublished.length), 1);
    if (change) this.publish(change);
  }

  /** Publishes rows again that were published long ago. */
  repeat(which: number): void {
    const { counted: _, ...rows } = this.feed[which % this.feed.length].change;
    this.publish(rows);
  }

  /** Publishes everything, in an order that depends on `which`. */
  settle(which: number): void {
    while (this.unpublished.length > 0) this.publishOne(which);
  }

  /** Time passes; the feed says so. */
  pass(buckets: number): void {
    this.bucket += buckets;
    this.publish({});
  }

  /** What a load sees now that needs counts of the hour before `bucket`; entries may follow late until `settledAt`. */
  load(bucket: number, settledAt: number): LoadedState {
    const inProgress = [...this.inProgress].sort((a, b) => a - b);
    return {
      snapshot: `${inProgress[0] ?? this.xid}:${this.xid}:${inProgress.join(',')}`,
      settledAt,
      teams: [...this.teams.values()],
      agents: [...this.agents.values()],
      presences: [...this.presences.values()],
      conversations: [...this.conversations.values()].filter(
        ({ status, assigneeId }) => status === 'open' && assigneeId,
      ),
      counts: this.increments.filter((increment) => increment.bucket > bucket - SPANS.h1),
    };
  }

  /** The rows by definition, without offsets. */
  rows(): Omit<RosterRow, 'v'>[] {
    return [...this.agents.values()].filter((agent) => !agent.deleted).map((agent) => this.rowOf(agent));
  }

  teamRows(): Omit<RosterTeam, 'v'>[] {
    return [...this.teams.values()].filter((team) => !team.deleted).map((team) => this.teamRowOf(team));
  }

  private rowOf(agent: AgentState): Omit<RosterRow, 'v'> {
    const presence = this.presences.get(agent.id);
    const open = [...this.conversations.values()].filter((c) => c.status === 'open' && c.assigneeId === agent.id);
    const waiting = open.flatMap(({ waitingSince }) => waitingSince ?? []).sort((a, b) => a - b);
    const capacity = agent.capacity ?? this.teams.get(agent.teamId)?.capacity ?? 0;
    return {
      id: agent.id,
      name: agent.name,
      teamId: agent.teamId,
      status: agent.status,
      presence: {
        state: agent.status === 'inactive' ? 'offline' : (presence?.state ?? 'offline'),
        since: new Date(presence?.since ?? 0).toISOString(),
      },
      load: { open: open.length, capacity, ratio: capacity === 0 ? null : open.length / capacity },
      waiting: { count: waiting.length, oldestAt: waiting.length === 0 ? null : new Date(waiting[0]).toISOString() },
      density: this.density((increment) => increment.agentId === agent.id),
    };
  }

  private teamRowOf(team: TeamState): Omit<RosterTeam, 'v'> {
    const rows = this.rows().filter((row) => row.teamId === team.id);
    const sum = (pick: (row: Omit<RosterRow, 'v'>) => number) => rows.reduce((total, row) => total + pick(row), 0);
    const present = (state: string) => rows.filter((row) => row.presence.state === state).length;
    const open = sum((row) => row.load.open);
    const capacity = sum((row) => (row.status === 'active' ? row.load.capacity : 0));
    const oldest = rows.flatMap((row) => row.waiting.oldestAt ?? []).sort();
    return {
      id: team.id,
      name: team.name,
      status: team.status,
      agents: {
        total: rows.length,
        available: present('available'),
        busy: present('busy'),
        away: present('away'),
        offline: present('offline'),
      },
      load: { open, capacity, ratio: capacity === 0 ? null : open / capacity },
      waiting: { count: sum((row) => row.waiting.count), oldestAt: oldest[0] ?? null },
      density: this.density((increment) => increment.teamId === team.id),
    };
  }

  private density(belongs: (increment: Increment) => boolean) {
    const own = this.increments.filter(belongs);
    const count = (span: number) =>
      own
        .filter(({ bucket }) => bucket > this.bucket - span && bucket <= this.bucket)
        .reduce((total, { inbound, outbound }) => total + inbound + outbound, 0);
    return { m1: count(SPANS.m1), m5: count(SPANS.m5), m15: count(SPANS.m15), h1: count(SPANS.h1) };
  }

  private createTeam(): void {
    this.saveTeam({
      id: this.id('team'),
      name: 'Team',
      status: 'active',
      canReply: true,
      capacity: 2,
      version: 1,
      deleted: false,
    });
  }

  private changeTeam(which: number, how: number): void {
    const team = pick(this.liveTeams(), which);
    if (!team) return;
    const changes = [
      { capacity: how % 4 },
      { canReply: how % 3 !== 0 },
      { status: oneOf(['active', 'inactive'] as const, how) },
      { name: `Team ${how}` },
    ];
    this.saveTeam({ ...team, ...oneOf(changes, how >> 2), version: team.version + 1 });
  }

  private createAgent(which: number): void {
    const team = pick(this.liveTeams(), which);
    if (!team) return;
    const id = this.id('agent');
    const presence = {
      agentId: id,
      state: 'offline',
      availability: 'away',
      connected: false,
      since: this.ids,
      version: 1,
    } as const;
    const agent = {
      id,
      name: id,
      teamId: team.id,
      status: 'active',
      capacity: null,
      version: 1,
      deleted: false,
    } as const;
    this.agents.set(id, agent);
    this.presences.set(id, presence);
    this.commit({ agents: [agent], presences: [presence] });
  }

  private changeAgent(which: number, how: number): void {
    const agent = pick(this.liveAgents(), which);
    const team = pick(this.liveTeams(), how);
    if (!agent || !team) return;
    const changes = [
      { teamId: team.id },
      { teamId: team.id },
      { status: oneOf(['active', 'inactive'] as const, how) },
      { capacity: oneOf([null, 0, 1, 3], how) },
      {},
    ];
    this.saveAgent({ ...agent, ...oneOf(changes, how >> 2), version: agent.version + 1 });
  }

  private deleteSomething(which: number, how: number): void {
    const agent = pick(this.liveAgents(), which);
    const team = pick(this.liveTeams(), which);
    const isEmpty = team && !this.liveAgents().some(({ teamId }) => teamId === team.id);
    if (isEmpty && this.liveTeams().length > 1) this.saveTeam({ ...team, version: team.version + 1, deleted: true });
    else if (agent && how % 2) this.saveAgent({ ...agent, version: agent.version + 1, deleted: true });
  }

  private setPresence(which: number, how: number): void {
    const presence = this.presences.get(pick(this.liveAgents(), which)?.id ?? '');
    if (!presence) return;
    const state = oneOf(['available', 'busy', 'away', 'offline', 'available'] as const, how);
    const next = { ...presence, state, connected: state !== 'offline', since: how, version: presence.version + 1 };
    this.presences.set(presence.agentId, next);
    this.commit({ presences: [next] });
  }

  private openConversation(which: number, how: number): void {
    const assignee = pick(this.liveAgents(), which)?.id ?? null;
    const waitingSince = how % 2 ? how : null;
    this.saveConversation({
      id: this.id('conversation'),
      teamId: null,
      assigneeId: assignee,
      status: 'open',
      waitingSince,
      version: 1,
    });
  }

  private changeConversation(which: number, how: number): void {
    const conversation = pick([...this.conversations.values()], which);
    if (!conversation) return;
    const other = pick(this.liveAgents(), how)?.id ?? null;
    const changes = [
      { assigneeId: other, previousAssigneeId: conversation.assigneeId },
      { assigneeId: null, previousAssigneeId: conversation.assigneeId },
      { status: 'resolved' as const },
      { status: 'open' as const },
      { waitingSince: how % 2 ? how : null },
    ];
    const { previousAssigneeId: _, ...rest } = conversation;
    this.saveConversation({ ...rest, ...oneOf(changes, how >> 1), version: conversation.version + 1 });
  }

  private record(which: number, how: number): void {
    const agent = which % 5 === 0 ? null : (pick(this.liveAgents(), which) ?? null);
    const team = agent?.teamId ?? pick(this.liveTeams(), how)?.id ?? null;
    const age = oneOf([0, 0, 0, -3, 1, 14, 65, 200, 719, 730], how);
    const increment = {
      agentId: agent?.id ?? null,
      teamId: team,
      bucket: this.bucket - age,
      inbound: how % 3,
      outbound: 1,
    };
    this.increments.push(increment);
    const xid = this.endTransaction(how);
    this.unpublished.push({ counted: [{ xid: String(xid), increments: [increment] }] });
  }

  /** A transaction begins that commits later: the next to record may be it. */
  private begin(): void {
    if (this.inProgress.size < 3) this.inProgress.add(this.xid++);
  }

  private endTransaction(how: number): number {
    const [oldest] = this.inProgress;
    if (oldest === undefined || how % 2) return this.xid++;
    this.inProgress.delete(oldest);
    return oldest;
  }

  private saveTeam(team: TeamState): void {
    this.teams.set(team.id, team);
    this.commit({ teams: [team] });
  }

  private saveAgent(agent: AgentState): void {
    this.agents.set(agent.id, agent);
    this.commit({ agents: [agent] });
  }

  private saveConversation(conversation: ConversationState): void {
    this.conversations.set(conversation.id, conversation);
    this.commit({ conversations: [conversation] });
  }

  private commit(change: FeedChange): void {
    this.endTransaction(1);
    this.unpublished.push(change);
  }

  private publish(change: FeedChange): void {
    const entry = { epoch: EPOCH, offset: this.feed.length + 1, at: this.feed.length + 1, bucket: this.bucket };
    this.feed.push({ ...entry, change: decodeChange(encodeChange(change)) });
  }

  private liveTeams(): TeamState[] {
    return [...this.teams.values()].filter((team) => !team.deleted);
  }

  private liveAgents(): AgentState[] {
    return [...this.agents.values()].filter((agent) => !agent.deleted);
  }

  private id(kind: string): string {
    return `${kind}-${++this.ids}`;
  }
}

function pick<T>(all: T[], which: number): T | undefined {
  return all[which % Math.max(1, all.length)];
}

function oneOf<T>(all: readonly T[], which: number): T {
  return all[which % all.length];
}
