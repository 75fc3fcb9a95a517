import type { Ack, Resync, RosterDelta, RosterSubscription } from '#contracts';
import { Arrivals } from './arrivals.js';

/** What a watching dashboard reads out of what it gets. */
export interface Screen {
  readonly arrivals: Arrivals;
  /** Takes an event or an acknowledgement. False: it has to subscribe again. */
  take(packet: string, at: number): boolean;
  /** Whether it shows what it is to show. */
  readonly isBegun: boolean;
}

/** Muster's protocol: a snapshot, then deltas, of which none may be missing. */
export class MusterScreen implements Screen {
  readonly arrivals = new Arrivals();
  private position: { epoch: string; offset: number } | null = null;

  get isBegun(): boolean {
    return this.position !== null;
  }

  take(packet: string, at: number): boolean {
    const body: unknown = JSON.parse(packet.slice(packet.indexOf('[')));
    if (packet.startsWith('43')) return this.begin((body as [Ack<RosterSubscription>])[0], at);
    const [event, content] = body as [string, RosterDelta | Resync];
    if (event === 'roster.delta') return this.apply(content as RosterDelta, at);
    return event !== 'resync';
  }

  private begin(answer: Ack<RosterSubscription>, at: number): boolean {
    if (!answer.ok || answer.data.mode !== 'snapshot') throw new Error(`no snapshot: ${JSON.stringify(answer)}`);
    const { epoch, offset, rows } = answer.data;
    this.position = { epoch, offset };
    for (const { id, density } of rows) this.arrivals.reach(id, density.h1, at);
    return true;
  }

  private apply({ epoch, prev, offset, rows }: RosterDelta, at: number): boolean {
    if (this.position?.epoch !== epoch || this.position.offset !== prev) return false;
    this.position.offset = offset;
    for (const { id, density } of rows) if (density) this.arrivals.reach(id, density.h1, at);
    return true;
  }
}

/** The naive server's: an event for each interaction. */
export class NaiveScreen implements Screen {
  readonly arrivals = new Arrivals();
  readonly isBegun = true;

  constructor(agentIds: readonly string[]) {
    for (const id of agentIds) this.arrivals.know(id, 0);
  }

  take(packet: string, at: number): boolean {
    const [, row] = JSON.parse(packet.slice(packet.indexOf('['))) as [string, { id: string }];
    this.arrivals.add(row.id, at);
    return true;
  }
}
