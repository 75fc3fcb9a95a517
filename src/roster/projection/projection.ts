/**
 * The live roster of one workspace, as a function of what was loaded and of the feed entries since. Pure.
 *
 * Who calls: the workspace's roster on each node, with entries in the order of their offsets. Guaranteed: at equal
 * offsets of an epoch all nodes show the same, down to each row's `v`, the offset of its last change; windows move
 * only with the feed. A load may have seen changes whose entries are still to come: until those are in, everything
 * an entry touches counts as changed, so that no `v` is earlier than elsewhere. What must never happen: time, or
 * the order of loading, leaking into a row.
 */
import type { RosterRow, RosterTeam } from '#contracts';
import type { FeedEntry } from '../feed/feed-entry.js';
import { History } from './history.js';
import { Inputs, type LoadedState } from './inputs.js';
import type { Journal } from './journal.js';
import { ALL_FIELDS, FIELD } from './row.js';
import { firstStanding, renew, type Standing } from './standing.js';
import { type TeamChange, TeamRows } from './team-rows.js';
import { Touched } from './touched.js';

export interface AgentChange {
  id: string;
  /** Null: new. */
  before: Standing | null;
  /** Null: gone. */
  after: Standing | null;
  /** Which fields of the row changed, as bits of `FIELD`. */
  fields: number;
}

/** What one entry changed. */
export interface Change {
  offset: number;
  /** Whether the entry moved the windows on. */
  isBoundary: boolean;
  agents: AgentChange[];
  teams: TeamChange[];
}

export class Projection {
  readonly epoch: string;
  readonly history: History;
  private readonly inputs: Inputs;
  private readonly agents = new Map<string, Standing>();
  private readonly teamRows: TeamRows;
  private readonly settledAt: number;
  private position: { offset: number; at: number };

  /** Begins at the journal's offset; the entries since then must be applied before anybody looks. */
  constructor(journal: Journal, loaded: LoadedState) {
    this.epoch = journal.epoch;
    this.position = { offset: journal.offset, at: journal.at };
    this.settledAt = loaded.settledAt;
    this.history = new History(journal.history);
    this.inputs = new Inputs(journal, loaded);
    this.teamRows = new TeamRows(this.inputs, (teamId) => this.rowsOf(teamId));
    const { offset } = journal;
    for (const agent of loaded.agents) {
      if (agent.deleted) continue;
      const standing = firstStanding(this.inputs, agent, journal.marks.get(agent.id) ?? [offset, offset, offset]);
      this.agents.set(agent.id, standing);
      this.teamRows.add(standing.row);
    }
    for (const { id } of loaded.teams) this.teamRows.renew(id, journal.teamMarks.get(id) ?? offset, false);
  }

  get offset(): number {
    return this.position.offset;
  }

  /** The bucket that is now, by the feed. */
  get bucket(): number {
    return this.inputs.bucket;
  }

  /** How many agents it has. */
  get size(): number {
    return this.agents.size;
  }

  /** The server's time of the newest entry. */
  get at(): number {
    return this.position.at;
  }

  /** Applies the next entry. */
  apply(entry: FeedEntry): Change {
    const touched = new Touched();
    const isBoundary = entry.bucket > this.inputs.bucket;
    this.position = { offset: entry.offset, at: entry.at };
    if (isBoundary) this.inputs.advance(entry.bucket, touched);
    this.inputs.apply(entry.change, touched);
    const isForced = entry.at < this.settledAt;
    if (isForced && touched.mayHaveMoved) this.history.raiseFloor(entry.offset);
    const agents: AgentChange[] = [];
    for (const [id, fields] of touched.agents) {
      const change = this.settleAgent(id, isForced ? ALL_FIELDS : fields, isForced, touched);
      if (change) agents.push(change);
    }
    const teams = [...touched.teams].flatMap((id) => this.settleTeam(id, isForced) ?? []);
    return { offset: entry.offset, isBoundary, agents, teams };
  }

  standing(agentId: string): Standing | null {
    return this.agents.get(agentId) ?? null;
  }

  /** Of a team, or of all. */
  standings(teamId?: string): Iterable<Standing> {
    return teamId === undefined ? this.agents.values() : this.standingsOf(teamId);
  }

  team(teamId: string): RosterTeam | null {
    return this.teamRows.get(teamId);
  }

  teams(): Iterable<RosterTeam> {
    return this.teamRows.all();
  }

  /** The open conversations assigned to an agent, by id. */
  conversationsOf(agentId: string) {
    return this.inputs.conversationsOf(agentId);
  }

  /** What another node needs to go on from here. */
  journal(): Journal {
    return {
      epoch: this.epoch,
      offset: this.offset,
      at: this.at,
      bucket: this.inputs.bucket,
      marks: new Map([...this.agents].map(([id, { marks }]) => [id, marks])),
      teamMarks: new Map(this.teamRows.marks()),
      history: this.history.record(),
      settled: this.inputs.settledVersions(),
    };
  }

  private settleAgent(id: string, mayDiffer: number, isForced: boolean, touched: Touched): AgentChange | null {
    const state = this.inputs.agents.get(id);
    if (!state) return null;
    const before = this.agents.get(id) ?? null;
    if (state.deleted) return this.endAgent(id, state.teamId, before, touched);
    const renewed = renew(this.inputs, state, before, { offset: this.offset, mayDiffer, isForced });
    if (!renewed) return null;
    const { standing: after, fields } = renewed;
    this.agents.set(id, after);
    if (fields !== FIELD.density) this.recount(before, after, touched);
    if (!before) this.history.agentCame(id, this.offset);
    else if (before.row.teamId !== after.row.teamId) this.history.agentMoved(id, before.row.teamId, this.offset);
    return { id, before, after, fields };
  }

  private endAgent(id: string, teamId: string, before: Standing | null, touched: Touched): AgentChange | null {
    if (before || touched.ended.has(id)) this.history.agentEnded(id, before?.row.teamId ?? teamId, this.offset);
    if (!before) return null;
    this.agents.delete(id);
    this.recount(before, null, touched);
    return { id, before, after: null, fields: 0 };
  }

  private recount(before: Standing | null, after: Standing | null, touched: Touched): void {
    if (before) this.teamRows.remove(before.row);
    if (after) this.teamRows.add(after.row);
    for (const standing of [before, after]) touched.team(standing?.row.teamId ?? null);
  }

  private settleTeam(id: string, isForced: boolean): TeamChange | null {
    if (this.inputs.teams.get(id)?.deleted) this.history.teamEnded(id, this.offset);
    return this.teamRows.renew(id, this.offset, isForced);
  }

  private *standingsOf(teamId: string): Generator<Standing> {
    for (const id of this.inputs.membersOf(teamId)) {
      const standing = this.agents.get(id);
      if (standing) yield standing;
    }
  }

  private *rowsOf(teamId: string): Generator<RosterRow> {
    for (const { row } of this.standingsOf(teamId)) yield row;
  }
}
