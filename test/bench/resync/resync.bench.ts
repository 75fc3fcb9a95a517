/** The re-sync of a team of 100,000 agents after a change of its blueprint, and the answer to the change. */
import type { Bench, BenchContext, Report } from '../support/bench.js';
import { type Goal, goalsTable } from '../support/goals.js';
import { interleave } from '../support/rounds.js';
import { figure, ratio, show } from '../support/statistics.js';
import { makeTeam, type Team } from './team.js';
import { chunked, oneByOne, patch, product, productOfFew, skipUnchanged, type Way } from './ways.js';

const AGENTS = 100_000;

export const resync: Bench = {
  name: 'resync',
  summary: `a changed blueprint reaches a team of ${AGENTS.toLocaleString('en')} agents`,
  limitMinutes: 15,
  run,
};

const METHOD = [
  'Muster: from the commit of PATCH /teams/:id to the commit that finishes its outbox row, by the database’s clock: relay, BullMQ, pages, announcement',
  'one job per agent: BullMQ with concurrency 10 in this process, 5,000 of the agents',
  'chunks: ids known beforehand, 1,000 a statement, on a copy of the table without the product’s counting triggers',
  '1 %: every hundredth agent; the statement runs on the copy, Muster from the outbox row to its end',
  'both tables are vacuumed before each measurement; fsync on',
];

async function run(context: BenchContext): Promise<Report> {
  context.say(`making a team of ${AGENTS.toLocaleString('en')}`);
  const team = await makeTeam(context, AGENTS);
  const [whole, naive, limit] = [product(team), oneByOne(context, team), chunked(team)];
  const [part, statement] = [productOfFew(team), skipUnchanged(team)];
  const ways = [whole, naive, limit, part, statement];
  for (const way of [whole, part]) await way.run();
  context.say(`${context.options.rounds} rounds`);
  const measured = await interleave(ways, context.options.rounds, (way) => way.run());
  const of = (way: Way) => measured.get(way) ?? [];
  const answers = await timeAnswers(team, context.options.rounds);
  const goals: Goal[] = [
    { what: 'one job per agent, times', measured: ratio(of(whole), of(naive)).median, limit: { atLeast: 50 } },
    { what: 'of the chunked limit', measured: ratio(of(whole), of(limit)).median, limit: { atLeast: 0.7 } },
    { what: '1 % behind, ÷ one statement', measured: ratio(of(statement), of(part)).median, limit: { atMost: 3 } },
  ];
  const rates = [whole, naive, limit].map((way) => [way.name, show(figure(of(way)), 0)]);
  const times = [part, statement].map((way) => [
    way.name,
    show(figure(of(way).map((perSecond) => 1_000 / perSecond)), 1),
  ]);
  const tables = [
    goalsTable(goals),
    { title: 'Everybody is behind', head: ['', 'agents/s'], rows: rates },
    { title: '1 % is behind', head: ['', 'ms'], rows: times },
    { title: 'PATCH /teams/:id', head: ['', 'ms'], rows: answers.map(({ what, ms }) => [what, show(figure(ms), 1)]) },
  ];
  const measurements = ways.map((way) => ({ way: way.name, perSecond: of(way) }));
  return { method: METHOD, tables, measurements: { ways: measurements, answers } };
}

/** How long the one who changes the blueprint waits; taking away waits for every node. */
async function timeAnswers(team: Team, rounds: number): Promise<{ what: string; ms: number[] }[]> {
  const [gives, takes] = [
    { what: 'gives', ms: [] as number[] },
    { what: 'takes away', ms: [] as number[] },
  ];
  const base = ['inbox.read', 'inbox.reply'];
  await patch(team, { permissions: base });
  for (let round = 0; round < rounds; round++) {
    gives.ms.push(await patch(team, { permissions: [...base, 'reports.view'] }));
    takes.ms.push(await patch(team, { permissions: base }));
  }
  return [gives, takes];
}
