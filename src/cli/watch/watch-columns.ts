/** The columns of the live table. Pure. */
import { ageOf, LONG_WAIT_MS, type RosterView, teamName } from '#client';
import type { PresenceState, RosterRow } from '#contracts';

export type Style = 'bold' | 'dim' | 'green' | 'yellow' | 'red' | 'cyan';
/** Colours a text, where the terminal can and the user wants it. */
export type Paint = (style: Style, text: string) => string;

/** One column, at the width it has on this terminal. */
export interface Column {
  head: string;
  width: number;
  align?: 'left' | 'right';
  text(row: RosterRow): string;
  style?(row: RosterRow): Style | null;
}

/** Presence by shape as well, for eyes and terminals without colours. */
export const SHAPES: Record<PresenceState, string> = { available: '●', busy: '■', away: '▲', offline: '○' };
const PRESENCE_STYLES: Record<PresenceState, Style> = {
  available: 'green',
  busy: 'yellow',
  away: 'cyan',
  offline: 'dim',
};

/** The columns that fit, the narrower the terminal the fewer and the shorter. */
export function columnsFor(view: RosterView, now: number, columns: number): Column[] {
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

function bar(ratio: number): string {
  const full = Math.min(5, Math.ceil(ratio * 5));
  return '█'.repeat(full) + '░'.repeat(5 - full);
}
