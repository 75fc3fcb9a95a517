import type { Table } from '../support/bench.js';
import { type CpuProfile, type Share, sharesByFunction, sharesByOwner } from '../support/profile.js';
import { figure, ratio, show } from '../support/statistics.js';
import type { Sample } from './measurement.js';

/** The samples of one subject under one workload, round by round. */
export interface Measured {
  subject: string;
  workload: string;
  saturated: Sample[];
  /** Requests a second of the open loop. */
  rate: number;
  moderate: Sample[];
}

const TOP = 20;

export function saturationTable(workload: string, measured: readonly Measured[]): Table {
  const head = ['', 'requests/s', 'server CPU ms/request', 'CPU ÷ first', 'server busy', 'client busy', 'machine busy'];
  const baseline = measured[0]?.saturated.map((sample) => sample.cpuMsPerRequest) ?? [];
  const rows = measured.map(({ subject, saturated }) => {
    const of = (member: keyof Sample) => saturated.map((sample) => sample[member]);
    return [
      subject,
      show(figure(of('perSecond')), 0),
      show(figure(of('cpuMsPerRequest')), 3),
      show(ratio(of('cpuMsPerRequest'), baseline)),
      percent(of('serverBusy')),
      percent(of('clientBusy')),
      percent(of('machineBusy')),
    ];
  });
  return { title: `${workload}, at saturation`, head, rows };
}

export function latencyTable(workload: string, measured: readonly Measured[]): Table {
  const head = ['', 'p50 ms', 'p99 ms', 'server CPU ms/request', 'client late by, p99 ms', 'machine busy'];
  const rows = measured.map(({ subject, moderate }) => {
    const of = (member: keyof Sample) => moderate.map((sample) => sample[member]);
    return [
      subject,
      show(figure(of('p50'))),
      show(figure(of('p99'))),
      show(figure(of('cpuMsPerRequest')), 3),
      show(figure(of('clientLateness'))),
      percent(of('machineBusy')),
    ];
  });
  return { title: `${workload}, ${measured[0]?.rate} requests/s open loop`, head, rows };
}

/** Where the server's CPU time goes. */
export function profileTables(workload: string, profile: CpuProfile): Table[] {
  const table = (by: string, shares: Share[]): Table => ({
    title: `${workload}: the server's CPU time by ${by}`,
    head: ['', 'share'],
    rows: shares.slice(0, TOP).map(({ name, share }) => [name, `${(share * 100).toFixed(1)} %`]),
  });
  return [table('owner', sharesByOwner(profile)), table('function', sharesByFunction(profile))];
}

function percent(shares: readonly number[]): string {
  return `${Math.round(figure(shares).median * 100)} %`;
}
