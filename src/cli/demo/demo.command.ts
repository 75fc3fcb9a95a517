import { type Command, InvalidArgumentError, Option } from 'commander';
import { Traffic, type TrafficOptions, type TrafficReport } from '#demo';
import { findRunning } from '../../platform/embedded/running.js';
import { CommandError } from '../explain.js';
import { whenAskedToStop } from './stop-signal.js';

interface Flags {
  url?: string;
  email?: string;
  password?: string;
  appSecret?: string;
  dataDir: string;
  rate: number;
  seed: string;
}

type Settings = Omit<TrafficOptions, 'onTrouble'>;

const DEFAULT_URL = 'http://127.0.0.1:3000';
const REPORT_EVERY_MS = 60_000;
/** Closing takes moments; nothing may keep the process alive for longer. */
const EXIT_WITHIN_MS = 2_000;

/** Adds `muster demo …`. */
export function registerDemo(program: Command): void {
  program
    .command('demo')
    .description('what belongs to the demo workspace')
    .command('traffic')
    .description('let a simulated contact centre live on a Muster that has the demo workspace')
    .addOption(new Option('--url <url>', 'where Muster is; by default the one started here').env('MUSTER_URL'))
    .addOption(new Option('--email <email>', "an administrator's e-mail").env('MUSTER_ADMIN_EMAIL'))
    .addOption(
      new Option('--password <password>', 'and password, which is that of all agents of the demo').env(PASSWORD),
    )
    .addOption(new Option('--app-secret <secret>', 'what deliveries are signed with, as the server has it').env(SECRET))
    .addOption(
      new Option('--data-dir <folder>', 'data folder of the Muster started here')
        .env('MUSTER_DATA_DIR')
        .default('.muster'),
    )
    .addOption(new Option('--rate <factor>', 'how fast the floor lives').argParser(toRate).default(1))
    .addOption(new Option('--seed <seed>', 'the same seed makes people act alike').default('muster'))
    .action((flags: Flags) => runTraffic(settingsOf(flags)));
}

const PASSWORD = 'MUSTER_ADMIN_PASSWORD';
const SECRET = 'MUSTER_WHATSAPP_APP_SECRET';

/** What isn't given is that of the Muster started here; its secrets are never sent to another address. */
function settingsOf({ dataDir, rate, seed, ...given }: Flags): Settings {
  const here = findRunning(dataDir) ?? {};
  const url = given.url ?? here['MUSTER_URL'] ?? DEFAULT_URL;
  const known = url === here['MUSTER_URL'] ? here : {};
  return {
    url: url.replace(/\/+$/, ''),
    email: given.email ?? known['MUSTER_ADMIN_EMAIL'] ?? 'admin@demo.muster.local',
    password: given.password ?? known[PASSWORD] ?? missing('--password', PASSWORD, url),
    appSecret: given.appSecret ?? known[SECRET] ?? missing('--app-secret', SECRET, url),
    rate,
    seed,
  };
}

function missing(flag: string, variable: string, url: string): never {
  throw new CommandError(`The traffic for ${url} needs ${flag} or ${variable}`);
}

async function runTraffic(settings: Settings): Promise<void> {
  const traffic = new Traffic({ ...settings, onTrouble: complainer() });
  const stop = whenAskedToStop();
  const timer = reportEachMinute(traffic);
  const { url, rate, seed } = settings;
  try {
    await traffic.run(stop, ({ agents }) => say(`${agents} agents at ${url}, rate ${rate}, seed ${seed}`));
  } finally {
    clearInterval(timer);
    setTimeout(() => process.exit(), EXIT_WITHIN_MS).unref();
  }
}

function reportEachMinute(traffic: Traffic): NodeJS.Timeout {
  let before = traffic.report();
  return setInterval(() => {
    const now = traffic.report();
    say(minuteLine(before, now));
    before = now;
  }, REPORT_EVERY_MS);
}

/** How the floor stands, and what happened in the last minute. */
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
function complainer(): (error: Error) => void {
  const said = new Map<string, number>();
  return ({ message }) => {
    if (Date.now() - (said.get(message) ?? 0) < REPORT_EVERY_MS) return;
    said.set(message, Date.now());
    process.stderr.write(`demo traffic: ${message}\n`);
  };
}

function toRate(text: string): number {
  const rate = Number(text);
  if (rate > 0 && rate <= 20) return rate;
  throw new InvalidArgumentError('It must be a number above 0, up to 20.');
}
