import type { LoadGenerator } from '../support/load.js';
import { machineTime } from '../support/machine.js';
import type { Subject } from './subjects.js';
import { planFor, type Workload } from './workload.js';

/** One run of one subject. */
export interface Sample {
  perSecond: number;
  /** CPU time of the server's process. */
  cpuMsPerRequest: number;
  p50: number;
  p99: number;
  /** Share of the time the server's event loop was busy. */
  serverBusy: number;
  /** The same of the load generator: near 1 it would be the bottleneck. */
  clientBusy: number;
  /** How late the generator sent at p99, in ms: what it adds to the latency itself. */
  clientLateness: number;
  /** Share of all cores in use, by whomever. */
  machineBusy: number;
}

/** Runs the workload on the subject; without a `rate`, as fast as it takes it. */
export async function measure(
  subject: Subject,
  load: LoadGenerator,
  workload: Workload,
  seconds: number,
  rate?: number,
): Promise<Sample> {
  const machine = machineTime();
  const run = () => load.run(planFor(subject, workload, seconds, rate));
  const { result, spent } = await subject.server.spentDuring(run);
  const { usedMs, allMs } = machineTime();
  subject.posted += result.succeeded * workload.batch;
  return {
    perSecond: result.perSecond,
    cpuMsPerRequest: spent.cpuMs / result.succeeded,
    p50: result.latencyMs.p50,
    p99: result.latencyMs.p99,
    serverBusy: spent.busy,
    clientBusy: result.spent.busy,
    clientLateness: result.latenessMs.p99,
    machineBusy: (usedMs - machine.usedMs) / (allMs - machine.allMs),
  };
}
