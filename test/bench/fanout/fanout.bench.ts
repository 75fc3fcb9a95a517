/**
 * One delta to many sockets: the CPU time of the server per delivery. The product has its whole way from the change
 * told to the frame written, on sockets that came in by its gateway; ws alone writes bytes that were made before, which
 * is what Node can do at most; socket.io sends the same payload as its manual has it.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { profileTables } from '../adapter/tables.js';
import type { Bench, BenchContext, Report, Table } from '../support/bench.js';
import { type Goal, goalsTable } from '../support/goals.js';
import { figure, ratio, show } from '../support/statistics.js';
import { spentBetween } from '../support/usage.js';
import { CROWDS, startSubjects, type Subject } from './subjects.js';

/** Deliveries a second. Muster, which leaves two thirds of its time to others while it is quiet, has time for each. */
const DELIVERIES_PER_SECOND = 5_000;
const WARM_UP_SECONDS = 2;
/** No more will come. */
const QUIET_MS = 500;
/** Of the deltas: two that are late share a frame. What arrives is what is divided by. */
const LEAST_ARRIVED = 0.5;
const OF_RAW: Record<number, number> = { 200: 0.9, 1_000: 0.8 };
const OF_STOCK = 1.35;

export const fanout: Bench = {
  name: 'fanout',
  summary: 'one delta to 200 and 1,000 sockets, against ws alone and socket.io',
  limitMinutes: 8,
  run,
};

const METHOD = [
  "Muster: an agent's presence changes, told as after its commit; feed, Redis, projection, audience, gateway and frames are the product's, the sockets authenticated and subscribed to a team",
  'ws alone: `socket.write` of one frame made before, to every client; socket.io: `io.of().to(room).emit()`; both send the very payload that Muster sent',
  `deltas at even times, ${DELIVERIES_PER_SECOND.toLocaleString('en')} deliveries a second; what arrived at the clients is what counts`,
  "fan-out: CPU of the server's process, of which the same deltas to 1 socket are measured too and taken off: what each further socket costs",
  'whole: without taking anything off; with what a node does for a change and when idle, so it depends on the rate',
];

interface Sample {
  /** CPU per delivery, all that the process used. */
  wholeUs: number;
  /** The same of what it used more than for the same deltas to one socket. */
  fanoutUs: number;
  serverBusy: number;
  clientBusy: number;
}

interface Measured {
  sockets: number;
  subject: string;
  samples: Sample[];
}

async function run(context: BenchContext): Promise<Report> {
  const { rounds, seconds, profile } = context.options;
  context.say('connecting');
  const subjects = await startSubjects(context);
  const measured = CROWDS.flatMap((sockets) =>
    subjects.map((subject): Measured => ({ sockets, subject: subject.name, samples: [] })),
  );
  context.say('warming up');
  for (const sockets of CROWDS) for (const subject of subjects) await measure(subject, sockets, WARM_UP_SECONDS);
  for (let round = 1; round <= rounds; round++) {
    context.say(`round ${round} of ${rounds}`);
    for (const { sockets, subject, samples } of measured) {
      samples.push(await measure(find(subjects, subject), sockets, seconds));
    }
  }
  const tables = [goals(measured), ...CROWDS.map((sockets) => table(sockets, measured))];
  if (profile) tables.push(...(await profiled(context, find(subjects, 'Muster'))));
  return { method: METHOD, tables, measurements: measured };
}

/** Deltas to so many, and as many to one. */
async function measure(subject: Subject, sockets: number, seconds: number): Promise<Sample> {
  const all = await deliver(subject, sockets, sockets, seconds);
  const one = await deliver(subject, sockets, 1, seconds);
  return {
    wholeUs: (all.cpuMs * 1000) / all.deliveries,
    fanoutUs: ((all.cpuMs - one.cpuMs) * 1000) / (all.deliveries - one.deliveries),
    serverBusy: all.serverBusy,
    clientBusy: all.clientBusy,
  };
}

/** As many deltas as it takes for `crowd`, to `sockets`; all have arrived when it resolves. */
async function deliver({ name, server, viewers, deltasTo }: Subject, crowd: number, sockets: number, seconds: number) {
  const everyMs = (crowd / DELIVERIES_PER_SECOND) * 1000;
  const count = Math.round((seconds * 1000) / everyMs);
  const before = await viewers.seen();
  const { spent } = await server.spentDuring(() =>
    server.ask('deltas', { ...deltasTo(sockets), count, everyMs }).then(() => delay(everyMs)),
  );
  const due = count * sockets;
  const after = await arrived(viewers, before.deltas + due);
  const deliveries = after.deltas - before.deltas;
  if (deliveries > due || deliveries < due * LEAST_ARRIVED)
    throw new Error(`${name}: ${deliveries} of ${due} arrived.`);
  return {
    cpuMs: spent.cpuMs,
    deliveries,
    serverBusy: spent.busy,
    clientBusy: spentBetween(before.usage, after.usage).busy,
  };
}

async function arrived(viewers: Subject['viewers'], deltas: number) {
  let last = await viewers.seen();
  while (last.deltas < deltas) {
    await delay(QUIET_MS);
    const seen = await viewers.seen();
    if (seen.deltas === last.deltas) break;
    last = seen;
  }
  return last;
}

function goals(measured: readonly Measured[]): Table {
  const all = CROWDS.flatMap((sockets): Goal[] => {
    const [raw, stock, own] = at(sockets, measured);
    const share = (other: Measured | undefined) => ratio(values(other, 'fanoutUs'), values(own, 'fanoutUs')).median;
    const who = `${sockets.toLocaleString('en')} sockets`;
    const raws = { atLeast: OF_RAW[sockets] ?? 1 };
    return [
      { what: `${who}: deliveries per CPU second ÷ ws alone`, measured: share(raw), limit: raws },
      { what: `${who}: ÷ socket.io`, measured: share(stock), limit: { atLeast: OF_STOCK } },
    ];
  });
  return goalsTable(all);
}

function table(sockets: number, measured: readonly Measured[]): Table {
  const subjects = at(sockets, measured);
  const base = values(subjects[0], 'fanoutUs');
  return {
    title: `One delta to ${sockets.toLocaleString('en')} sockets`,
    head: [
      '',
      'fan-out, CPU µs/delivery',
      'deliveries/CPU s ÷ first',
      'whole, CPU µs/delivery',
      'server',
      'client busy',
    ],
    rows: subjects.map((own) => [
      own.subject,
      show(figure(values(own, 'fanoutUs'))),
      show(ratio(base, values(own, 'fanoutUs'))),
      show(figure(values(own, 'wholeUs'))),
      show(figure(values(own, 'serverBusy'))),
      show(figure(values(own, 'clientBusy'))),
    ]),
  };
}

function at(sockets: number, measured: readonly Measured[]): Measured[] {
  return measured.filter((each) => each.sockets === sockets);
}

function values(measured: Measured | undefined, member: keyof Sample): number[] {
  return measured?.samples.map((sample) => sample[member]) ?? [];
}

function find(subjects: readonly Subject[], name: string): Subject {
  const subject = subjects.find((candidate) => candidate.name === name);
  if (subject) return subject;
  throw new Error(`there is no subject ${name}`);
}

async function profiled({ options, keep }: BenchContext, subject: Subject): Promise<Table[]> {
  const sockets = Math.max(...CROWDS);
  const taken = await subject.server.profileDuring(() => deliver(subject, sockets, sockets, options.seconds));
  keep('fanout.cpuprofile', JSON.stringify(taken));
  return profileTables(`Muster, ${sockets} sockets`, taken);
}
