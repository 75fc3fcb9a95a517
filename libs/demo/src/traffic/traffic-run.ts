import { setTimeout as sleep } from 'node:timers/promises';
import { isTransient } from '#client';
import { type FloorCounts, Simulation } from '../floor/simulation.js';
import type { FakeCloudApi } from '../whatsapp/fake-cloud-api.js';
import { CUSTOMERS } from '../whatsapp/customers.js';
import { Actors } from './actors.js';
import type { TrafficCounts } from './counts.js';
import type { Courier } from './courier.js';
import { causeOf, TrafficError } from './traffic-error.js';
import type { DemoAgent, Entrance, Workplace } from './workplace.js';

const TICK_MS = 100;
/** What happened is sent this often. */
const FLUSH_MS = 300;
/** The simulated time never jumps, however long the process was stopped. */
const LONGEST_STEP_MS = 500;
const LOOK_EVERY_MS = 20_000;
const AGENTS_EVERY_MS = 60_000;
/** A demo that is just being made may have no agents yet. */
const AGENTS_WITHIN_MS = 30_000;

/** What a run needs. */
export interface TrafficRunParts extends Entrance {
  appSecret: string;
  rate: number;
  seed: number | string;
  workplace: Workplace;
  /** WhatsApp's side of sending. */
  api: FakeCloudApi;
  courier: Courier;
  counts: TrafficCounts;
  /** Ends the run. */
  signal: AbortSignal;
  onTrouble: (error: Error) => void;
}

/** One run of the floor, with one API key, from taking over what is open to the closing of the last tab. */
export class TrafficRun {
  private broken: Error | null = null;
  private agents = 0;
  private readonly simulation: Simulation;
  private readonly actors: Actors;

  private constructor(
    private readonly parts: TrafficRunParts,
    agents: readonly DemoAgent[],
  ) {
    this.simulation = new Simulation({ seed: parts.seed, agents, customers: CUSTOMERS });
    const onDeskError = (): void => void (parts.counts.failed += 1);
    this.actors = new Actors({ ...parts, simulation: this.simulation, onError: this.failed, onDeskError });
    this.know(agents);
  }

  /** Looks who is there and takes over what is open. */
  static async open(parts: TrafficRunParts): Promise<TrafficRun> {
    const run = new TrafficRun(parts, await findAgents(parts));
    await run.actors.reconciler.resume();
    run.simulation.open();
    return run;
  }

  report(): FloorCounts & { agents: number; live: number } {
    return { ...this.simulation.counts(), agents: this.agents, live: this.actors.desks.live };
  }

  /** Lets the floor live until `signal` is aborted; rejects with what makes it impossible to go on. */
  async live(): Promise<void> {
    const { courier, signal, rate } = this.parts;
    const due = { flush: every(FLUSH_MS), look: every(LOOK_EVERY_MS), agents: every(AGENTS_EVERY_MS) };
    try {
      for (let last = Date.now(); !this.broken; await sleep(TICK_MS, undefined, { signal })) {
        const passed = Math.min(Date.now() - last, LONGEST_STEP_MS);
        last = Date.now();
        if (!courier.keepsUp) continue;
        for (const intent of this.simulation.advance(this.simulation.now + passed * rate)) this.actors.act(intent);
        if (due.flush()) this.actors.flush();
        if (due.look()) this.actors.reconciler.look().catch(this.failed);
        if (due.agents()) this.refresh().catch(this.failed);
      }
    } finally {
      this.actors.desks.close();
    }
    throw this.broken;
  }

  private async refresh(): Promise<void> {
    const agents = await this.parts.workplace.agents();
    this.know(agents);
    this.simulation.setAgents(agents);
  }

  private know(agents: readonly DemoAgent[]): void {
    this.agents = agents.length;
    this.actors.know(agents);
  }

  private readonly failed = (error: unknown): void => {
    if (this.parts.signal.aborted) return;
    this.parts.counts.failed += 1;
    this.broken ??= causeOf(error);
    if (!this.broken && error instanceof Error && !isTransient(error)) this.parts.onTrouble(error);
  };
}

async function findAgents({ workplace, signal }: TrafficRunParts): Promise<DemoAgent[]> {
  const deadline = Date.now() + AGENTS_WITHIN_MS;
  for (;;) {
    const agents = await workplace.agents();
    if (agents.length > 0) return agents;
    if (Date.now() > deadline) {
      throw new TrafficError('No agents of the demo are here: start Muster with MUSTER_DEMO=on.');
    }
    await sleep(1_000, undefined, { signal });
  }
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
