/** The floor as lines of text that fit a terminal. Pure. */
import { listRoster, PRESENCE_STATES, type RosterView, teamName, totalsOf, type ViewState } from '#client';
import type { PresenceState, RosterRow, Timestamp } from '#contracts';
import { fit, widthOf } from './cell.js';
import { clampTop, type WatchState } from './watch-state.js';

export type Style = 'bold' | 'dim' | 'green' | 'yellow' | 'red' | 'cyan' | 'underline' | 'inverse';
/** Colours a text, where the terminal can and the user wants it. */
export type Paint = (style: Style, text: string) => string;

export interface Picture {
  state: ViewState<RosterView>;
  /** Milliseconds since the view was known to be current. */
  ageMs: number;
  watch: WatchState;
  columns: number;
  /** Lines of the screen; without it everything is shown, and no keys. */
  lines?: number;
  paint: Paint;
}

interface Column {
  head: string;
  width: number;
  align?: 'left' | 'right';
  text(row: RosterRow): string;
  style?(row: RosterRow): Style | null;
}

/** The lines around the rows: two of summary, the head, and the keys. */
const FRAME_LINES = 4;
const LONG_WAIT_MS = 5 * 60_000;
const SHAPES: Record<PresenceState, string> = { available: '●', busy: '■', away: '▲', offline: '○' };
const PRESENCE_STYLES: Record<PresenceState, Style> = {
  available: 'green',
  busy: 'yellow',
  away: 'cyan',
  offline: 'dim',
};

/** How many rows fit on a screen of so many lines. */
export function pageOf(lines: number): number {
  return Math.max(1, lines - FRAME_LINES);
}

/** Draws everything. */
export function draw(picture: Picture): string[] {
  const { state, watch, lines, columns, paint } = picture;
  const { view } = state;
  if (!view) return [paint('dim', 'Waiting for the floor …')];
  const found = listRoster(view, watch.query);
  const page = lines === undefined ? found.length : pageOf(lines);
  const top = clampTop(watch.top, { rows: found.length, page });
  const shown = found.slice(top, top + page);
  const table = columnsFor(view, nowOf(view, picture.ageMs), columns);
  const stale = state.status === 'stale';
  return [
    statusLine(picture, view),
    summaryLine(picture, view),
    paint('bold', table.map(({ head, width, align }) => fit(head, width, align)).join(' ')),
    ...shown.map((row) => (stale ? paint('dim', rowLine(table, row, plain)) : rowLine(table, row, paint))),
    ...(found.length === 0 ? [paint('dim', 'Nobody matches.')] : []),
    ...(lines === undefined ? [] : filler(page - Math.max(1, shown.length))),
    ...(lines === undefined ? [] : [footLine(picture, top, shown.length, found.length)]),
  ];
}

function rowLine(table: Column[], row: RosterRow, paint: Paint): string {
  const cells = table.map(({ width, align, text, style }) => {
    const cell = fit(text(row), width, align);
    const chosen = style?.(row);
    return chosen ? paint(chosen, cell) : cell;
  });
  return cells.join(' ');
}

/** The columns that fit, the narrower the terminal the fewer and the shorter. */
function columnsFor(view: RosterView, now: number, columns: number): Column[] {
  const numbers = [
    number('1m', 4, (row) => row.density.m1),
    number('5m', 4, (row) => row.density.m5),
    ...(columns >= 60 ? [number('15m', 5, (row) => row.density.m15)] : []),
    ...(columns >= 54 ? [number('1h', 5, (row) => row.density.h1)] : []),
  ];
  const rest = [
    presence(now, columns >= 66),
    ...numbers,
    load(columns >= 96),
    ...(columns >= 48 ? [waiting(now, columns >= 60)] : []),
  ];
  const left = columns - rest.reduce((sum, { width }) => sum + width + 1, 0);
  const withTeam = columns >= 72;
  const agent = Math.min(28, Math.max(8, withTeam ? Math.floor((left - 1) * 0.6) : left));
  const team = Math.min(22, left - agent - 1);
  return [
    { head: 'agent', width: agent, text: (row) => row.name },
    ...(withTeam ? [{ head: 'team', width: team, text: (row: RosterRow) => teamName(view, row.teamId) }] : []),
    ...rest,
  ];
}

function number(head: string, width: number, value: (row: RosterRow) => number): Column {
  return {
    head,
    width,
    align: 'right',
    text: (row) => String(value(row)),
    style: (row) => (value(row) === 0 ? 'dim' : null),
  };
}

function presence(now: number, withAge: boolean): Column {
  return {
    head: ' presence',
    width: withAge ? 16 : 12,
    text: ({ presence: { state, since } }) => ` ${SHAPES[state]} ${state}${withAge ? ` ${ageOf(since, now)}` : ''}`,
    style: (row) => PRESENCE_STYLES[row.presence.state],
  };
}

function load(withBar: boolean): Column {
  return {
    head: ' load',
    width: withBar ? 13 : 7,
    text: ({ load: { open, capacity, ratio } }) =>
      ` ${withBar ? `${bar(ratio ?? (open > 0 ? 1 : 0))} ` : ''}${open}/${capacity}`,
    style: ({ load: { open, ratio } }) => {
      if (open === 0) return 'dim';
      return (ratio ?? 1) >= 1 ? 'red' : (ratio ?? 1) >= 0.8 ? 'yellow' : null;
    },
  };
}

function waiting(now: number, withAge: boolean): Column {
  return {
    head: 'waiting',
    width: withAge ? 8 : 7,
    text: ({ waiting: { count, oldestAt } }) =>
      count === 0 ? '' : withAge && oldestAt ? `${String(count).padStart(2)} · ${ageOf(oldestAt, now)}` : String(count),
    style: ({ waiting: { oldestAt } }) => (oldestAt && now - Date.parse(oldestAt) > LONG_WAIT_MS ? 'red' : 'yellow'),
  };
}

function statusLine({ state, ageMs, columns, paint }: Picture, view: RosterView): string {
  const totals = totalsOf(view.rows.values());
  const silence = `${Math.floor(ageMs / 1000)} s without news`;
  const [style, status]: [Style, string] =
    state.status === 'live'
      ? ['green', '● live']
      : [state.status === 'stale' ? 'red' : 'yellow', `○ ${state.status}, ${silence}`];
  const facts = [
    `as of ${clockTime(view.asOf)}`,
    `${totals.agents} agents`,
    `${totals.m1} msgs/min`,
    `${totals.open}/${totals.capacity} open`,
    `${totals.waiting} waiting`,
  ];
  return [paint(style, status), ...fitting(facts, columns - widthOf(status))].join('  ');
}

function summaryLine({ watch: { query }, columns, paint }: Picture, view: RosterView): string {
  const totals = totalsOf(view.rows.values());
  const counts = PRESENCE_STATES.map(
    (state) => `${SHAPES[state]} ${totals.presence[state]}${columns >= 90 ? ` ${state}` : ''}`,
  );
  const choices = [
    `by ${query.sort}`,
    ...(query.teamId === undefined ? [] : [`team ${teamName(view, query.teamId)}`]),
    ...(query.presence === undefined ? [] : [query.presence]),
    ...(query.search ? [`“${query.search}”`] : []),
  ];
  return paint('dim', fit(`${counts.join('  ')}   ${choices.join(' · ')}`, columns).trimEnd());
}

function footLine({ watch, columns, paint }: Picture, top: number, shown: number, found: number): string {
  if (watch.typing) return fit(`Search: ${watch.query.search ?? ''}▏  (Enter keeps it, Esc clears)`, columns);
  const range = found === 0 ? '' : `${top + 1}–${top + shown} of ${found}   `;
  return paint('dim', fit(`${range}s sort  f find  t team  p presence  ↑↓ scroll  Esc all  q quit`, columns));
}

/** The first of `parts` that fit, each after two spaces. */
function fitting(parts: string[], width: number): string[] {
  let used = 0;
  return parts.filter((part) => (used += widthOf(part) + 2) <= width);
}

function filler(lines: number): string[] {
  return Array.from({ length: Math.max(0, lines) }, () => '');
}

function bar(ratio: number): string {
  const full = Math.min(5, Math.ceil(ratio * 5));
  return '█'.repeat(full) + '░'.repeat(5 - full);
}

function plain(_style: Style, text: string): string {
  return text;
}

/** The server's time now, as far as the view knows it. */
function nowOf(view: RosterView, ageMs: number): number {
  return Date.parse(view.asOf) + ageMs;
}

function ageOf(since: Timestamp, now: number): string {
  const seconds = Math.max(0, Math.floor((now - Date.parse(since)) / 1000));
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)}m`;
  return seconds < 86_400 ? `${Math.floor(seconds / 3_600)}h` : `${Math.floor(seconds / 86_400)}d`;
}

function clockTime(at: Timestamp): string {
  return new Date(at).toTimeString().slice(0, 8);
}
