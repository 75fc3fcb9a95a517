import {
  PRESENCE_STATES,
  type PresenceState,
  ROSTER_SORTS,
  type RosterQuery,
  type RosterSort,
  type RosterView,
  totalsOf,
} from '#client';
import { el, setText } from './element.js';

const SORT_TEXT: Record<RosterSort, string> = {
  density: 'Busiest first',
  load: 'Fullest first',
  waiting: 'Longest queue first',
  name: 'By name',
  presence: 'By presence',
};

/** Search, team, presence and order. */
export class FloorControls {
  readonly element: HTMLElement;
  private readonly search = el('input', {
    type: 'search',
    placeholder: 'Find agents or teams',
    'aria-label': 'Find agents or teams',
  });
  private readonly team = el('select', { 'aria-label': 'Team' });
  private readonly sort = el('select', { 'aria-label': 'Order', class: 'order' });
  private readonly counts = new Map<PresenceState, { button: HTMLButtonElement; count: HTMLElement }>();
  private teams = '';

  constructor(query: RosterQuery, choose: (change: Partial<RosterQuery>) => void) {
    this.search.value = query.search ?? '';
    this.search.addEventListener('input', () => choose({ search: this.search.value || undefined }));
    this.team.addEventListener('change', () => choose({ teamId: this.team.value || undefined }));
    this.sort.append(...ROSTER_SORTS.map((sort) => el('option', { value: sort }, SORT_TEXT[sort])));
    this.sort.addEventListener('change', () => choose({ sort: ROSTER_SORTS[this.sort.selectedIndex] ?? 'density' }));
    const presence = el('div', { class: 'presence', role: 'group', 'aria-label': 'Presence' });
    for (const state of PRESENCE_STATES) presence.append(this.presenceButton(state, choose));
    this.element = el('div', { class: 'controls' }, presence, this.search, this.team, this.sort);
  }

  render(view: RosterView, query: RosterQuery): void {
    this.renderTeams(view);
    this.team.value = query.teamId ?? '';
    this.sort.value = query.sort;
    const { presence } = totalsOf(
      [...view.rows.values()].filter((row) => !query.teamId || row.teamId === query.teamId),
    );
    for (const [state, { button, count }] of this.counts) {
      setText(count, String(presence[state]));
      button.setAttribute('aria-pressed', String(query.presence === state));
    }
  }

  private renderTeams(view: RosterView): void {
    const teams = [...view.teams.values()].sort((a, b) => a.name.localeCompare(b.name));
    const key = JSON.stringify(teams.map(({ id, name }) => [id, name]));
    if (key === this.teams) return;
    this.teams = key;
    this.team.replaceChildren(
      el('option', { value: '' }, 'All teams'),
      ...teams.map(({ id, name }) => el('option', { value: id }, name)),
    );
  }

  private presenceButton(state: PresenceState, choose: (change: Partial<RosterQuery>) => void): HTMLButtonElement {
    const count = el('b', {}, '0');
    const button = el(
      'button',
      { type: 'button', 'aria-pressed': 'false' },
      el('i', { class: `shape ${state}` }),
      count,
      el('span', { class: 'word' }, state),
    );
    button.addEventListener('click', () =>
      choose({ presence: button.getAttribute('aria-pressed') === 'true' ? undefined : state }),
    );
    this.counts.set(state, { button, count });
    return button;
  }
}
