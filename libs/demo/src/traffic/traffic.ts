import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FloorCounts } from '../floor/simulation.js';
import { FakeCloudApi } from '../whatsapp/fake-cloud-api.js';
import { noCounts, type TrafficCounts } from './counts.js';
import { Courier } from './courier.js';
import { causeOf, KeyLost } from './traffic-error.js';
import { TrafficRun } from './traffic-run.js';
import { enter, type Entrance, isTaken, leave, type Workplace } from './workplace.js';

/** How often it is looked whether another traffic has gone. */
const LOOK_FOR_OTHERS_MS = 15_000;
/** Going must not take long. */
const LEAVE_WITHIN_MS = 1_500;

export interface TrafficOptions extends Entrance {
  /** What deliveries are signed with; must be the server's. */
  appSecret: string;
  /** How fast the time of the floor runs; 1 is about 12 interactions a second with 200 agents. */
  rate: number;
  seed: number | string;
  /** Something didn't work, and is tried again or left out. */
  onTrouble: (error: Error) => void;
}

/** What the traffic did, and how the floor stands. */
export type TrafficReport = TrafficCounts & FloorCounts & { agents: number; live: number };

/**
 * The moving floor: a simulated contact centre that lives on a running Muster, through the same doors as everybody.
 *
 * Guaranteed: few requests at a time (see {@link Courier}); while Muster is away or slow the simulated time stands
 * still, and goes on afterwards; what is open from an earlier run is taken over. Only one traffic lives on a Muster at
 * a time: the last one to come takes the key, the others wait until it has gone. `run` resolves when `signal` is
 * aborted, with every socket closed cleanly, or rejects with a `TrafficError` when the settings can't work.
 */
export class Traffic {
  private readonly counts: TrafficCounts = noCounts();
  private running: TrafficRun | null = null;

  constructor(private readonly options: TrafficOptions) {}

  report(): TrafficReport {
    const floor = this.running?.report() ?? { online: 0, chats: 0, waiting: 0, agents: 0, live: 0 };
    return { ...this.counts, ...floor };
  }

  /** `onOpen` is called whenever the floor begins to move. */
  async run(signal: AbortSignal, onOpen: (report: TrafficReport) => void = () => {}): Promise<void> {
    const courier = new Courier(signal, this.options.onTrouble);
    while (!signal.aborted) {
      try {
        await this.once(courier, signal, onOpen);
      } catch (error) {
        if (signal.aborted) return;
        const cause = causeOf(error) ?? error;
        if (!(cause instanceof KeyLost)) throw cause;
        this.options.onTrouble(cause);
        await this.untilFree(courier, signal);
      }
    }
  }

  private async once(courier: Courier, signal: AbortSignal, onOpen: (report: TrafficReport) => void): Promise<void> {
    const api = await FakeCloudApi.start({ token: `demo-${randomUUID()}` });
    try {
      await this.work(api, courier, signal, onOpen);
    } finally {
      await api.stop();
    }
  }

  private async work(
    api: FakeCloudApi,
    courier: Courier,
    signal: AbortSignal,
    onOpen: (report: TrafficReport) => void,
  ): Promise<void> {
    const workplace = await enter(this.options, courier, api);
    try {
      this.running = await TrafficRun.open({ ...this.options, workplace, api, courier, counts: this.counts, signal });
      onOpen(this.report());
      await this.running.live();
    } finally {
      this.running = null;
      if (signal.aborted) await this.leave(workplace);
    }
  }

  /** The key is taken back; if that can't be done now, the next traffic does it. */
  private async leave({ keyId }: Workplace): Promise<void> {
    const courier = new Courier(AbortSignal.timeout(LEAVE_WITHIN_MS));
    await leave(this.options, courier, keyId).catch(() => {});
  }

  private async untilFree(courier: Courier, signal: AbortSignal): Promise<void> {
    do await sleep(LOOK_FOR_OTHERS_MS, undefined, { signal }).catch(() => {});
    while (!signal.aborted && (await isTaken(this.options, courier)));
  }
}
