import { styleText } from 'node:util';
import { type Command, Option } from 'commander';
import {
  connectDashboard,
  type LiveRoster,
  MusterClosed,
  PRESENCE_STATES,
  ROSTER_SORTS,
  type RosterQuery,
  type RosterSort,
  type RosterView,
} from '#client';
import type { PresenceState } from '#contracts';
import { CommandError } from '../explain.js';
import { addReachOptions, reach, type ReachOptions } from '../reach.js';
import { watchLive } from './watch.js';
import type { Paint } from './watch-columns.js';
import { draw } from './watch-table.js';

interface Flags extends ReachOptions {
  sort: RosterSort;
  team?: string;
  presence?: PresenceState;
  search?: string;
  once?: boolean;
}

const FIRST_VIEW_MS = 15_000;
/** Wide enough for every column, where the output is no terminal. */
const FILE_COLUMNS = 120;

/** Colours only where somebody looks at them: on a terminal, and not with NO_COLOR. */
const paint: Paint = (style, text) => styleText(style, text, { stream: process.stdout });

/** Adds `muster watch`. */
export function registerWatch(program: Command): void {
  const command = program
    .command('watch')
    .description('show the floor live: every agent with team, presence, density, load and who is waiting')
    .addOption(new Option('--sort <by>', 'order, the busiest first').choices(ROSTER_SORTS).default('density'))
    .addOption(new Option('--team <name>', 'only agents of this team'))
    .addOption(new Option('--presence <state>', 'only agents that are this').choices(PRESENCE_STATES))
    .addOption(new Option('--search <words>', 'only agents whose name or team contains these words'))
    .addOption(new Option('--once', 'print the floor once; so it does when the output is no terminal'));
  addReachOptions(command)
    .addHelpText('after', '\nKeys: s sort, f or / find, t team, p presence, arrows scroll, Esc shows all, q quits.')
    .action((flags: Flags) => watch(flags));
}

async function watch(flags: Flags): Promise<void> {
  const { muster, leave } = await reach(flags);
  const dashboard = connectDashboard(muster);
  try {
    const roster = dashboard.roster();
    const query = queryOf(flags, await firstView(roster, muster.url));
    if (flags.once || !process.stdout.isTTY) print(roster, query);
    else await watchLive(roster, query, paint);
  } finally {
    dashboard.close();
    await leave();
  }
}

async function firstView(roster: LiveRoster, url: string): Promise<RosterView> {
  try {
    const { view } = await roster.until((state) => state.view !== null, FIRST_VIEW_MS);
    if (view) return view;
  } catch (error) {
    if (error instanceof MusterClosed) throw error;
  }
  throw new CommandError(`${url} sent no live data within ${FIRST_VIEW_MS / 1000} s: \`muster doctor\` may say why`);
}

function queryOf({ sort, team, presence, search }: Flags, view: RosterView): RosterQuery {
  return { sort, presence, search, teamId: team === undefined ? undefined : teamIdOf(team, view) };
}

function teamIdOf(wanted: string, view: RosterView): string {
  const teams = [...view.teams.values()];
  const found = teams.find(({ id, name }) => id === wanted || name.toLowerCase() === wanted.trim().toLowerCase());
  if (found) return found.id;
  throw new CommandError(`There is no team “${wanted}”; there are: ${teams.map(({ name }) => name).join(', ')}`);
}

function print(roster: LiveRoster, query: RosterQuery): void {
  const columns = process.stdout.isTTY ? process.stdout.columns : FILE_COLUMNS;
  const watch = { query, typing: false, top: 0 };
  const lines = draw({ state: roster.current, ageMs: roster.ageMs, watch, columns, paint });
  process.stdout.write(`${lines.map((line) => line.trimEnd()).join('\n')}\n`);
}
