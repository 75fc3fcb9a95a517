/**
 * A server of one roster and the network to it, for tests of the client: it keeps every state it ever had, and the
 * test decides what becomes of each packet. What it sends is made by the contract alone.
 */
import type { OpenWire, WireHandlers } from '../../libs/client/src/wire.js';
import type { RosterDelta, RosterRow, RosterRowChange, RosterSubscription, RosterTeam } from '#contracts';
import { MusterProblem, MusterUnreachable } from '../../libs/client/src/errors.js';

const AS_OF = '2026-11-23T10:00:00.000Z';
const SUBSCRIPTION = 'floor';

export interface ModelState {
  rows: ReadonlyMap<string, RosterRow>;
  teams: ReadonlyMap<string, RosterTeam>;
}

interface Position {
  epoch: string;
  offset: number;
}

/** The roster itself. */
class ModelRoster {
  private epochs = 1;
  private offset = 0;
  private readonly rows = new Map<string, RosterRow>();
  private deltas: RosterDelta[] = [];
  private readonly states = new Map<string, ModelState>();

  constructor() {
    this.remember();
  }

  get position(): Position {
    return { epoch: `e${this.epochs}`, offset: this.offset };
  }

  get state(): ModelState {
    return { rows: new Map(this.rows), teams: new Map([['team', this.team()]]) };
  }

  stateAt({ epoch, offset }: Position): ModelState | undefined {
    return this.states.get(`${epoch}/${offset}`);
  }

  /** An agent comes, changes or leaves. */
  change(which: number, value: number): RosterDelta {
    const prev = this.offset;
    this.offset += 1 + (value % 3);
    const id = `a${which % 6}`;
    const isLeaving = value % 4 === 0 && this.rows.has(id);
    const rows = isLeaving ? [] : [this.alter(id, value)];
    if (isLeaving) this.rows.delete(id);
    this.remember();
    const delta = { ...this.frame(), prev, rows, removed: isLeaving ? [id] : [], teams: [this.team()] };
    this.deltas.push(delta);
    return delta;
  }

  /** Everything begins anew, a little different. */
  flip(which: number): void {
    this.epochs++;
    this.offset = which % 3 === 0 ? this.offset : which;
    this.deltas = [];
    this.rows.delete(`a${which % 6}`);
    this.remember();
  }

  /** What led here is gone: nothing can be replayed. */
  forget(): void {
    this.deltas = [];
  }

  answer({ epoch, offset }: Partial<Position>): RosterSubscription {
    const at = this.position;
    const first = this.deltas.findIndex(({ prev }) => prev === offset);
    const isHere = epoch === at.epoch && offset === at.offset;
    if (epoch === at.epoch && (isHere || first >= 0)) {
      return { ...this.frame(), mode: 'replay', deltas: isHere ? [] : this.deltas.slice(first) };
    }
    return { ...this.frame(), mode: 'snapshot', rows: [...this.rows.values()], teams: [this.team()] };
  }

  frame() {
    return { subscription: SUBSCRIPTION, ...this.position, asOf: AS_OF };
  }

  private alter(id: string, value: number): RosterRowChange {
    const before = this.rows.get(id);
    const density = { m1: value, m5: value, m15: value, h1: value };
    const load = { open: value % 5, capacity: 5, ratio: (value % 5) / 5 };
    const part = value % 2 ? { density } : { load };
    const row = { ...(before ?? newRow(id)), ...part, v: this.offset };
    this.rows.set(id, row);
    return before ? { id, v: this.offset, ...part } : row;
  }

  private team(): RosterTeam {
    const { load, waiting, density } = newRow('team');
    const total = this.rows.size;
    const agents = { total, available: 0, busy: 0, away: total, offline: 0 };
    return { id: 'team', name: 'Team', status: 'active', agents, load, waiting, density, v: this.offset };
  }

  private remember(): void {
    const { epoch, offset } = this.position;
    this.states.set(`${epoch}/${offset}`, this.state);
  }
}

interface Packet {
  deliver(): void;
  lose(): void;
}

interface Line {
  handlers: WireHandlers;
  isUp: boolean;
  isSubscribed: boolean;
  packets: Packet[];
  asked: { body: Partial<Position>; resolve: (answer: unknown) => void; reject: (error: Error) => void }[];
}

export class ModelServer {
  readonly roster = new ModelRoster();
  /** How many packets the client got. */
  delivered = 0;
  private line: Line | null = null;

  /** How the client reaches it. Connects are answered by `admit`. */
  readonly openWire: OpenWire = (_url, _namespace, token, handlers) => {
    const line: Line = { handlers, isUp: false, isSubscribed: false, packets: [], asked: [] };
    this.line = line;
    const end = () => {
      if (this.line === line) this.line = null;
      for (const { reject } of line.asked.splice(0)) reject(new MusterUnreachable('gone'));
    };
    return {
      token,
      request: (event, body) => this.ask(line, event, body as Partial<Position>),
      close: end,
      drop: end,
    };
  };

  /** Lets the client in that knocks. */
  admit(): void {
    if (!this.line || this.line.isUp) return;
    this.line.isUp = true;
    this.line.handlers.onUp();
  }

  /** The node dies, or the network. */
  restart(): void {
    const { line } = this;
    this.line = null;
    for (const { reject } of line?.asked.splice(0) ?? []) reject(new MusterUnreachable('gone'));
    line?.handlers.onDown(null);
  }

  change(which: number, value: number): void {
    const delta = this.roster.change(which, value);
    this.push('roster.delta', delta);
  }

  /** A new epoch; its subscribers are told, or see it by its frames only. */
  flip(which: number, isTold: boolean): void {
    this.roster.flip(which);
    if (isTold) this.resync('epoch');
  }

  resync(reason: string): void {
    this.push('resync', { subscription: SUBSCRIPTION, reason });
    if (this.line) this.line.isSubscribed = false;
  }

  beat(): void {
    this.push('heartbeat', this.roster.frame());
  }

  /** Answers what was asked, or refuses for now. */
  answer(isRefused = false): void {
    const { line } = this;
    const asked = line?.asked.shift();
    if (!line || !asked) return;
    if (isRefused) return asked.reject(unavailable());
    const answer = this.roster.answer(asked.body);
    line.isSubscribed = true;
    const lose = () => asked.reject(new MusterUnreachable('no answer'));
    line.packets.push({ deliver: () => asked.resolve(answer), lose });
  }

  /** The next packet arrives, once or more often. */
  deliver(times = 1): void {
    const packet = this.line?.packets.shift();
    if (!packet) return;
    for (let time = 0; time < times; time++) {
      this.delivered++;
      packet.deliver();
    }
  }

  drop(): void {
    this.line?.packets.shift()?.lose();
  }

  /** Another packet overtakes the next. */
  reorder(which: number): void {
    const packets = this.line?.packets ?? [];
    const [next] = packets.splice(0, 1);
    if (next) packets.splice(which % (packets.length + 1), 0, next);
  }

  /** Everything that is on its way arrives, and whatever is asked is answered. */
  heal(): void {
    this.admit();
    while (this.line && this.line.packets.length + this.line.asked.length > 0) {
      this.answer();
      this.deliver();
    }
  }

  private push(event: string, body: unknown): void {
    const { line } = this;
    if (!line?.isSubscribed) return;
    line.packets.push({ deliver: () => line === this.line && line.handlers.onEvent(event, body), lose: () => {} });
  }

  private ask(line: Line, event: string, body: Partial<Position>): Promise<unknown> {
    if (event !== 'subscribe') line.isSubscribed = false;
    if (event !== 'subscribe' || line !== this.line) return Promise.resolve({});
    return new Promise((resolve, reject) => line.asked.push({ body, resolve, reject }));
  }
}

function newRow(id: string): RosterRow {
  return {
    id,
    name: id,
    teamId: 'team',
    status: 'active',
    presence: { state: 'away', since: AS_OF },
    load: { open: 0, capacity: 5, ratio: 0 },
    waiting: { count: 0, oldestAt: null },
    density: { m1: 0, m5: 0, m15: 0, h1: 0 },
    v: 0,
  };
}

function unavailable(): MusterProblem {
  return new MusterProblem({
    type: 'about:blank',
    title: '',
    status: 503,
    detail: 'Not now',
    code: 'live_unavailable',
    requestId: 'r',
    retryable: true,
    errors: [],
  });
}
