import { type Command, InvalidArgumentError, Option } from 'commander';
import { Traffic, TrafficError, type TrafficReport } from '#demo';
import { whenAskedToStop } from './stop-signal.js';

interface Flags {
  url: string;
  email: string;
  password: string;
  appSecret: string;
  rate: number;
  seed: string;
}

const REPORT_EVERY_MS = 60_000;
/** Closing takes moments; nothing may keep the process alive for longer. */
const EXIT_WITHIN_MS = 2_000;

/** Adds `muster demo …`. */
export function registerDemo(program: Command): void {
  program
    .command('demo')
    .description('the demo workspace')
    .command('traffic')
    .description('let a simulated contact centre live on a running Muster that has the demo workspace')
    .addOption(new Option('--url <url>', 'where Muster is').env('MUSTER_URL').default('http://127.0.0.1:3000'))
    .addOption(
      new Option('--email <email>', 'an administrator').env('MUSTER_ADMIN_EMAIL').default('admin@demo.muster.local'),
    )
    .addOption(
      new Option('--password <password>', "the administrator's, and that of every agent of the demo")
        .env('MUSTER_ADMIN_PASSWORD')
        .makeOptionMandatory(),
    )
    .addOption(
      new Option('--app-secret <secret>', 'what deliveries are signed with; the same as the server has')
        .env('MUSTER_WHATSAPP_APP_SECRET')
        .makeOptionMandatory(),
    )
    .addOption(new Option('--rate <factor>', 'how fast the floor lives').argParser(toRate).default(1))
    .addOption(new Option('--seed <seed>', 'the same seed gives the same floor').default('muster'))
    .action((flags: Flags) => runTraffic(flags));
}

async function runTraffic(flags: Flags): Promise<void> {
  const traffic = new Traffic({ ...flags, url: flags.url.replace(/\/+$/, ''), onTrouble: sayOnce() });
  const stop = whenAskedToStop();
  let before = traffic.report();
  const timer = setInterval(() => {
    const now = traffic.report();
    say(minuteLine(before, now));
    before = now;
  }, REPORT_EVERY_MS);
  try {
    await traffic.run(stop, ({ agents }) =>
      say(`${agents} agents at ${flags.url}, rate ${flags.rate}, seed ${flags.seed}`),
    );
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    console.error(`demo traffic: ${error.message}`);
    if (!(error instanceof TrafficError)) console.error(error.stack);
    process.exitCode = 1;
  } finally {
    clearInterval(timer);
    setTimeout(() => process.exit(), EXIT_WITHIN_MS).unref();
  }
}

/** What happened in the last minute, and how the floor stands. */
function minuteLine(before: TrafficReport, now: TrafficReport): string {
  const since = (key: keyof TrafficReport): number => now[key] - before[key];
  return [
    `online ${now.live}/${now.agents}`,
    `open ${now.chats}`,
    `waiting ${now.waiting}`,
    `last minute: in ${since('inbound')}`,
    `out ${since('outbound')}`,
    `assigned ${since('assigned')}`,
    `nobody free ${since('refused')}`,
    `resolved ${since('resolved')}`,
    `repeated ${since('repeated')}`,
    `failed ${since('failed')}`,
  ].join(', ');
}

function say(line: string): void {
  process.stdout.write(`demo traffic: ${line}\n`);
}

/** Trouble goes to stderr, the same trouble once a minute. */
function sayOnce(): (error: Error) => void {
  const said = new Map<string, number>();
  return ({ message }) => {
    if (Date.now() - (said.get(message) ?? 0) < REPORT_EVERY_MS) return;
    said.set(message, Date.now());
    console.error(`demo traffic: ${message}`);
  };
}

function toRate(text: string): number {
  const rate = Number(text);
  if (rate > 0 && rate <= 20) return rate;
  throw new InvalidArgumentError('It must be a number above 0, up to 20.');
}
