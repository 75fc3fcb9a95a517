import { setTimeout as sleep } from 'node:timers/promises';
import { isTransient, MusterProblem } from '#client';
import { type FloorCounts, Simulation } from '../floor/simulation.js';
import { CUSTOMERS } from '../whatsapp/customers.js';
import { Actors } from './actors.js';
import { noCounts, type TrafficCounts } from './counts.js';
import { Courier } from './courier.js';
import { type DemoAgent, enter, type Entrance, type Workplace } from './workplace.js';

const TICK_MS = 100;
/** What happened is sent this often. */
const FLUSH_MS = 300;
/** The simulated time never jumps, however long the process was stopped. */
const LONGEST_STEP_MS = 500;
const LOOK_EVERY_MS = 20_000;
const AGENTS_EVERY_MS = 60_000;
/** A demo that is just being made may have no agents yet. */
const AGENTS_WITHIN_MS = 30_000;
/** Refusals that are not the floor's business but mean that the settings are wrong. */
const FATAL: ReadonlySet<string> = new Set([
  'signature_invalid',
  'invalid_credentials',
  'session_revoked',
  'unauthenticated',
]);

export interface TrafficOptions extends Entrance {
  /** What deliveries are signed with; must be the server's. */
  appSecret: string;
  /** How fast the time of the floor runs; 1 is about 12 interactions a second with 200 agents. */
  rate: number;
  seed: number | string;
  /** Something didn't work, and is tried again or left out. */
  onTrouble?: (error: Error) => void;
}

/** What the traffic did, and how the floor stands. */
export type TrafficReport = TrafficCounts & FloorCounts & { agents: number; live: number };

/** Muster can't be used like this; says what to do. */
export class TrafficError extends Error {}

/**
 * The moving floor: a simulated contact centre that lives on a running Muster, through the same doors as everybody.
 *
 * Guaranteed: few requests at a time (see {@link Courier}); while Muster is away or slow the simulated time stands
 * still, and goes on afterwards; what is open from an earlier run is taken over. `run` ends when `signal` is aborted,
 * with every socket closed cleanly, or rejects when the settings can't work.
 */
export class Traffic {
  private readonly counts: TrafficCounts = noCounts();
  private readonly broken = new AbortController();
  private floor: Floor | null = null;
  private agents = 0;

  constructor(private readonly options: TrafficOptions) {}

  report(): TrafficReport {
    const floor = this.floor?.simulation.counts() ?? { online: 0, chats: 0, waiting: 0 };
    return { ...this.counts, ...floor, agents: this.agents, live: this.floor?.actors.desks.live ?? 0 };
  }

  /** `onOpen` is called when the floor begins to move. */
  async run(signal: AbortSignal, onOpen: (report: TrafficReport) => void = () => {}): Promise<void> {
    const both = AbortSignal.any([signal, this.broken.signal]);
    try {
      this.floor = await this.open(both);
      onOpen(this.report());
      await this.live(this.floor);
    } catch (error) {
      if (!both.aborted) throw explained(error);
    } finally {
      this.floor?.actors.desks.close();
    }
    if (this.broken.signal.aborted) throw explained(this.broken.signal.reason);
  }

  private async open(signal: AbortSignal): Promise<Floor> {
    const courier = new Courier(signal, this.options.onTrouble);
    const workplace = await enter(this.options, courier);
    const agents = await this.findAgents(workplace, signal);
    const simulation = new Simulation({ seed: this.options.seed, agents, customers: CUSTOMERS });
    const onError = (error: unknown): void => this.failed(error, signal);
    const onDeskError = (): void => void (this.counts.failed += 1);
    const given = { ...this.options, counts: this.counts, onError, onDeskError };
    const actors = new Actors({ ...given, workplace, simulation, courier, signal });
    actors.know(agents);
    await actors.reconciler.resume();
    simulation.open();
    this.agents = agents.length;
    return { simulation, actors, workplace, courier, signal };
  }

  private async findAgents(workplace: Workplace, signal: AbortSignal): Promise<DemoAgent[]> {
    const deadline = Date.now() + AGENTS_WITHIN_MS;
    for (;;) {
      const agents = await workplace.agents();
      if (agents.length > 0) return agents;
      if (Date.now() > deadline)
        throw new TrafficError('No agents of the demo are here: start Muster with MUSTER_DEMO=on.');
      await sleep(1_000, undefined, { signal });
    }
  }

  /** Ticks until it is stopped. */
  private async live({ simulation, actors, workplace, courier, signal }: Floor): Promise<void> {
    const due = { flush: every(FLUSH_MS), look: every(LOOK_EVERY_MS), agents: every(AGENTS_EVERY_MS) };
    const onError = (error: unknown): void => this.failed(error, signal);
    for (let last = Date.now(); !signal.aborted; await sleep(TICK_MS, undefined, { signal })) {
      const passed = Math.min(Date.now() - last, LONGEST_STEP_MS);
      last = Date.now();
      if (!courier.keepsUp) continue;
      for (const intent of simulation.advance(simulation.now + passed * this.options.rate)) actors.act(intent);
      if (due.flush()) actors.flush();
      if (due.look()) actors.reconciler.look().catch(onError);
      if (due.agents()) this.refresh(workplace, simulation, actors).catch(onError);
    }
  }

  private async refresh(workplace: Workplace, simulation: Simulation, actors: Actors): Promise<void> {
    const agents = await workplace.agents();
    this.agents = agents.length;
    actors.know(agents);
    simulation.setAgents(agents);
  }

  private failed(error: unknown, signal: AbortSignal): void {
    if (signal.aborted) return;
    this.counts.failed += 1;
    if (error instanceof MusterProblem && FATAL.has(error.code)) this.broken.abort(error);
    else if (error instanceof Error && !isTransient(error)) this.options.onTrouble?.(error);
  }
}

interface Floor {
  simulation: Simulation;
  actors: Actors;
  workplace: Workplace;
  courier: Courier;
  signal: AbortSignal;
}

/** Says whether it is time again. */
function every(ms: number): () => boolean {
  let next = Date.now() + ms;
  return () => {
    if (Date.now() < next) return false;
    next = Date.now() + ms;
    return true;
  };
}

function explained(error: unknown): unknown {
  if (!(error instanceof MusterProblem)) return error;
  if (error.code === 'signature_invalid') {
    return new TrafficError(
      'Muster refused the signature: MUSTER_WHATSAPP_APP_SECRET must be the same here and there.',
    );
  }
  if (error.code === 'invalid_credentials') {
    return new TrafficError('Muster refused the login: check MUSTER_ADMIN_EMAIL and MUSTER_ADMIN_PASSWORD.');
  }
  if (FATAL.has(error.code)) {
    return new TrafficError('The API key of the demo traffic was deleted: has another demo traffic been started?');
  }
  return error;
}
