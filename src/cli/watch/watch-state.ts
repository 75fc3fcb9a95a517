/** What the watcher has chosen to see, and how keys change that. Pure. */
import { PRESENCE_STATES, ROSTER_SORTS, type RosterQuery } from '#client';
import type { Id } from '#contracts';

export interface WatchState {
  query: RosterQuery;
  /** Whether keys are letters of the search. */
  typing: boolean;
  /** The first row that is shown. */
  top: number;
}

/** A key as `node:readline` names it. */
export interface Key {
  name?: string | undefined;
  sequence?: string | undefined;
  ctrl?: boolean | undefined;
}

/** What the keys act upon. */
export interface Scene {
  /** The teams in the order they are cycled through. */
  teams: readonly Id[];
  /** Rows that the query finds. */
  rows: number;
  /** Rows that fit on the screen. */
  page: number;
}

/** The state after a key; null to leave. */
export function press(state: WatchState, key: Key, scene: Scene): WatchState | null {
  if (key.ctrl && (key.name === 'c' || key.name === 'd')) return null;
  if (state.typing) return type(state, key);
  if (key.name === 'q') return null;
  const moved = scroll(state.top, key, scene);
  return moved === null ? choose(state, key, scene) : { ...state, top: moved };
}

/** The first row such that the screen is full, as far as there are rows. */
export function clampTop(top: number, { rows, page }: Pick<Scene, 'rows' | 'page'>): number {
  return Math.max(0, Math.min(top, rows - page));
}

function type(state: WatchState, { name, sequence = '', ctrl }: Key): WatchState {
  const search = state.query.search ?? '';
  const searching = (text: string): WatchState => ({ ...state, top: 0, query: { ...state.query, search: text } });
  if (name === 'return' || name === 'enter') return { ...state, typing: false };
  if (name === 'escape') return { ...searching(''), typing: false };
  if (name === 'backspace') return searching([...search].slice(0, -1).join(''));
  if (ctrl || name === 'tab' || /\p{Cc}/u.test(sequence)) return state;
  return searching(search + sequence);
}

function scroll(top: number, { name }: Key, scene: Scene): number | null {
  const steps: Record<string, number> = {
    up: top - 1,
    k: top - 1,
    down: top + 1,
    j: top + 1,
    pageup: top - scene.page,
    pagedown: top + scene.page,
    space: top + scene.page,
    home: 0,
    end: scene.rows,
  };
  const to = name === undefined ? undefined : steps[name];
  return to === undefined ? null : clampTop(to, scene);
}

function choose(state: WatchState, { name, sequence }: Key, { teams }: Scene): WatchState {
  const { query } = state;
  const show = (change: Partial<RosterQuery>): WatchState => ({ ...state, top: 0, query: { ...query, ...change } });
  if (name === 's') return show({ sort: after(ROSTER_SORTS, query.sort) ?? ROSTER_SORTS[0] });
  if (name === 't') return show({ teamId: after(teams, query.teamId) });
  if (name === 'p') return show({ presence: after(PRESENCE_STATES, query.presence) });
  if (name === 'f' || sequence === '/') return { ...state, typing: true };
  if (name === 'escape') return show({ search: '', teamId: undefined, presence: undefined });
  return state;
}

/** The choice after `current`; after the last one, and for what is not there, none and then the first. */
function after<T>(choices: readonly T[], current: T | undefined): T | undefined {
  return choices[current === undefined ? 0 : choices.indexOf(current) + 1];
}
