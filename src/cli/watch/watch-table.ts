/** The floor as lines of text that fit a terminal. Pure. */
import { listRoster, PRESENCE_STATES, type RosterView, teamName, totalsOf, type ViewState } from '#client';
import type { RosterRow, Timestamp } from '#contracts';
import { fit, widthOf } from './cell.js';
import { type Column, columnsFor, type Paint, SHAPES, type Style } from './watch-columns.js';
import { clampTop, type WatchState } from './watch-state.js';

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

/** The lines around the rows: two of summary, the head, and the keys. */
const FRAME_LINES = 4;

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

function plain(_style: Style, text: string): string {
  return text;
}

/** The server's time now, as far as the view knows it. */
function nowOf(view: RosterView, ageMs: number): number {
  return Date.parse(view.asOf) + ageMs;
}

function clockTime(at: Timestamp): string {
  return new Date(at).toTimeString().slice(0, 8);
}
