import type { Socket as NetSocket } from 'node:net';
import { io, type Socket } from 'socket.io-client';
import type {
  Ack,
  AssignableAgent,
  AssignableDelta,
  AssignableSubscription,
  ExcludedAgent,
  Heartbeat,
  Id,
  Resync,
  RosterDelta,
  RosterRow,
  RosterSubscription,
  RosterTeam,
  SubscribeAssignable,
  SubscribeRoster,
} from '#contracts';
import { eventually } from './eventually.js';

/**
 * Plain socket.io clients that keep views by the contract alone, and strictly: a frame that does not follow is an
 * error, not something to repair.
 */
export class PlainSocket {
  private constructor(readonly socket: Socket) {}

  static async connect(url: string, token: string): Promise<PlainSocket> {
    const socket = io(url, {
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
      auth: { token, protocol: 1 },
    });
    await new Promise((resolve, reject) => {
      socket.once('connect', () => resolve(null));
      socket.once('connect_error', reject);
    });
    return new PlainSocket(socket);
  }

  /** Sends an event. `take` gets the answer as it comes, before anything that follows it. */
  ask<T>(event: string, body: unknown, take: (answer: Ack<T>) => void = () => {}): Promise<Ack<T>> {
    return new Promise((resolve, reject) => {
      this.socket.timeout(5_000).emit(event, body, (error: Error | null, answer: Ack<T>) => {
        if (error) return reject(error);
        take(answer);
        resolve(answer);
      });
    });
  }

  /** The next `event`. */
  next<T>(event: string): Promise<T> {
    return new Promise((resolve) => this.socket.once(event, (body: T) => resolve(body)));
  }

  /** Reads nothing any more, so that it answers nothing either. */
  sleep(): void {
    connectionOf(this.socket).pause();
  }

  close(): void {
    this.socket.disconnect();
  }
}

/** The TCP connection of a client. */
export function connectionOf({ io: { engine } }: Socket): NetSocket {
  return (engine.transport as unknown as { ws: { _socket: NetSocket } }).ws._socket;
}

interface Frame {
  subscription: string;
  epoch: string;
  offset: number;
  asOf: string;
}

/** What every followed view has. */
abstract class Followed {
  subscription = '';
  epoch = '';
  offset = -1;
  mode = '';
  heartbeats = 0;
  frames = 0;
  readonly resyncs: string[] = [];
  readonly errors: string[] = [];

  protected constructor(protected readonly plain: PlainSocket) {
    plain.socket.on('heartbeat', (beat: Heartbeat) => this.isMine(beat) && this.beat(beat));
    plain.socket.on('resync', ({ subscription, reason }: Resync) => {
      if (subscription === this.subscription) this.resyncs.push(reason);
    });
  }

  /** Resolves when the view has reached the offset of a snapshot that was read over HTTP. */
  reach({ epoch, offset }: { epoch: string; offset: number }): Promise<unknown> {
    return eventually(
      () => ({ epoch: this.epoch, offset: this.offset, errors: this.errors }),
      (at) => at.errors.length > 0 || (at.epoch === epoch && at.offset >= offset),
    );
  }

  protected begin(answer: Frame & { mode: string }): void {
    this.subscription = answer.subscription;
    this.epoch = answer.epoch;
    this.mode = answer.mode;
  }

  protected follow(delta: Frame & { prev: number }): boolean {
    this.frames++;
    const follows = delta.epoch === this.epoch && delta.prev === this.offset && delta.offset > delta.prev;
    if (!follows) this.errors.push(`at ${this.offset} came ${delta.prev} to ${delta.offset}`);
    this.offset = delta.offset;
    return follows;
  }

  protected isMine(frame: Frame): boolean {
    if (this.subscription === '') this.errors.push('a frame came before the answer');
    return frame.subscription === this.subscription;
  }

  private beat(beat: Heartbeat): void {
    this.heartbeats++;
    if (beat.epoch !== this.epoch || beat.offset !== this.offset) {
      this.errors.push(`at ${this.offset} a heartbeat says ${beat.offset}`);
    }
  }
}

export class FollowedRoster extends Followed {
  rows = new Map<Id, RosterRow>();
  teams = new Map<Id, RosterTeam>();

  constructor(plain: PlainSocket) {
    super(plain);
    plain.socket.on('roster.delta', (delta: RosterDelta) => this.isMine(delta) && this.apply(delta));
  }

  async subscribe(body: Omit<SubscribeRoster, 'topic'> = {}): Promise<this> {
    const take = (answer: Ack<RosterSubscription>) => answer.ok && this.start(answer.data);
    const answer = await this.plain.ask<RosterSubscription>('subscribe', { topic: 'roster', ...body }, take);
    if (!answer.ok) throw new Error(answer.error.code);
    return this;
  }

  /** Goes on with what another view has, to be replayed. */
  takeOver(other: FollowedRoster): this {
    this.rows = new Map(other.rows);
    this.teams = new Map(other.teams);
    this.offset = other.offset;
    return this;
  }

  get snapshot() {
    return { rows: sorted(this.rows.values()), teams: sorted(this.teams.values()) };
  }

  private start(data: RosterSubscription): void {
    this.begin(data);
    if (data.mode === 'snapshot') {
      this.rows = new Map(data.rows.map((row) => [row.id, row]));
      this.teams = new Map(data.teams.map((team) => [team.id, team]));
      this.offset = data.offset;
    } else for (const delta of data.deltas) this.apply(delta);
    if (this.offset !== data.offset) this.errors.push(`replayed to ${this.offset} of ${data.offset}`);
  }

  private apply(delta: RosterDelta): void {
    if (!this.follow(delta)) return;
    for (const id of delta.removed) if (!this.rows.delete(id)) this.errors.push(`${id} left who was not there`);
    for (const change of delta.rows) {
      const row = { ...this.rows.get(change.id), ...change } as RosterRow;
      if (row.name === undefined || row.density === undefined) this.errors.push(`${change.id} came in parts`);
      this.rows.set(change.id, row);
    }
    for (const team of delta.teams) this.teams.set(team.id, team);
  }
}

export class FollowedAssignable extends Followed {
  agents = new Map<Id, AssignableAgent>();
  excluded = new Map<Id, ExcludedAgent>();

  constructor(plain: PlainSocket) {
    super(plain);
    plain.socket.on('assignable.delta', (delta: AssignableDelta) => this.isMine(delta) && this.apply(delta));
  }

  async subscribe(body: Omit<SubscribeAssignable, 'topic'> = {}): Promise<this> {
    const take = (answer: Ack<AssignableSubscription>) => answer.ok && this.start(answer.data);
    const answer = await this.plain.ask<AssignableSubscription>('subscribe', { topic: 'assignable', ...body }, take);
    if (!answer.ok) throw new Error(answer.error.code);
    return this;
  }

  takeOver(other: FollowedAssignable): this {
    this.agents = new Map(other.agents);
    this.excluded = new Map(other.excluded);
    this.offset = other.offset;
    return this;
  }

  get snapshot() {
    return { data: byAgent(this.agents.values()), excluded: byAgent(this.excluded.values()) };
  }

  private start(data: AssignableSubscription): void {
    this.begin(data);
    if (data.mode === 'snapshot') {
      this.agents = new Map(data.rows.map((agent) => [agent.agentId, agent]));
      this.excluded = new Map(data.excluded.map((agent) => [agent.agentId, agent]));
      this.offset = data.offset;
    } else for (const delta of data.deltas) this.apply(delta);
    if (this.offset !== data.offset) this.errors.push(`replayed to ${this.offset} of ${data.offset}`);
  }

  private apply(delta: AssignableDelta): void {
    if (!this.follow(delta)) return;
    for (const agent of delta.upserts) {
      this.agents.set(agent.agentId, agent);
      this.excluded.delete(agent.agentId);
    }
    for (const agent of delta.removed) {
      this.agents.delete(agent.agentId);
      if (agent.reasons.length > 0) this.excluded.set(agent.agentId, agent);
      else this.excluded.delete(agent.agentId);
    }
  }
}

/** In a fixed order, to compare. */
export function sorted<T extends { id: Id }>(rows: Iterable<T>): T[] {
  return [...rows].sort((a, b) => a.id.localeCompare(b.id));
}

export function byAgent<T extends { agentId: Id }>(agents: Iterable<T>): T[] {
  return [...agents].sort((a, b) => a.agentId.localeCompare(b.agentId));
}
