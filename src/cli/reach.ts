/**
 * Which Muster a command speaks to, and as whom. Nothing needs to be said on the machine where `npm start` runs: its
 * launcher leaves address and login in the data folder, readable by the same user only.
 * Must never happen: that login sent to another address.
 */
import { type Command, Option } from 'commander';
import { MusterApi } from '#client';
import { findRunning } from '../platform/embedded/running.js';
import { CommandError } from './explain.js';

/** What `addReachOptions` adds. */
export interface ReachOptions {
  url?: string;
  token?: string;
  email?: string;
  password?: string;
  workspace?: string;
  dataDir: string;
}

const DEFAULT_URL = 'http://127.0.0.1:3000';

/** Adds the options that say where Muster is and who is calling. */
export function addReachOptions(command: Command): Command {
  return command
    .addOption(new Option('--url <url>', 'where Muster is; by default the one started here').env('MUSTER_URL'))
    .addOption(new Option('--token <token>', 'an API key or access token').env('MUSTER_TOKEN'))
    .addOption(new Option('--email <email>', 'sign in with this e-mail').env('MUSTER_EMAIL'))
    .addOption(new Option('--password <password>', 'and this password').env('MUSTER_PASSWORD'))
    .addOption(new Option('--workspace <slug>', 'and this workspace, when the e-mail is in several'))
    .addOption(
      new Option('--data-dir <folder>', 'data folder of the Muster started here')
        .env('MUSTER_DATA_DIR')
        .default('.muster'),
    );
}

/** Muster as the caller asked for, signed in; `leave` ends what was begun. */
export interface Reached {
  muster: MusterApi;
  leave(): Promise<void>;
}

/** Finds Muster and signs in, or says in a `CommandError` what is missing. */
export async function reach(options: ReachOptions): Promise<Reached> {
  const running = findRunning(options.dataDir);
  const here = running?.['MUSTER_URL'];
  const url = checkUrl(options.url ?? here ?? DEFAULT_URL);
  if (options.token) return reachWithToken(url, options.token);
  const login = loginOf(options) ?? (sameUrl(url, here) ? ownerOf(running) : null);
  if (login === null) throw new CommandError(adviceFor(options, here));
  const muster = new MusterApi({ url });
  await muster.auth.login(login);
  // A session that could not be ended, ends by itself.
  const leave = () =>
    muster.auth.logout({ signal: AbortSignal.timeout(2_000) }).then(
      () => undefined,
      () => undefined,
    );
  return { muster, leave };
}

async function reachWithToken(url: string, token: string): Promise<Reached> {
  const muster = new MusterApi({ url, token });
  await muster.me();
  return { muster, leave: () => Promise.resolve() };
}

interface Login {
  email: string;
  password: string;
  workspace?: string;
}

function loginOf({ email, password, workspace }: ReachOptions): Login | null {
  if (!email && !password) return null;
  if (!email) throw new CommandError('--password needs --email beside it');
  if (!password) throw new CommandError('--email needs a password: MUSTER_PASSWORD or --password');
  return workspace ? { email, password, workspace } : { email, password };
}

function ownerOf(running: Readonly<Record<string, string>> | null): Login | null {
  const [email, password] = [running?.['MUSTER_ADMIN_EMAIL'], running?.['MUSTER_ADMIN_PASSWORD']];
  return email && password ? { email, password } : null;
}

function adviceFor({ url, dataDir }: ReachOptions, here: string | undefined): string {
  const who = 'say who you are with --token, or with --email and --password';
  if (url) return `${url} needs a login: ${who}`;
  if (here) return `No login is known for ${here}: ${who}`;
  return `No Muster runs on the data folder ${dataDir}: start one with \`npm start\`, or give --url and ${who}`;
}

function checkUrl(text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
  throw new CommandError('--url has a wrong value: expected an address like https://muster.example.com');
}

function sameUrl(url: string, here: string | undefined): boolean {
  return here !== undefined && new URL(url).origin === new URL(here).origin;
}
