import { ageOf, type DensityWindows, LONG_WAIT_MS, type RosterRow } from '#client';
import { el, setText } from './element.js';

/** The largest number of each window on the floor. */
export type Scale = DensityWindows;

const WINDOWS = { m1: '1m', m5: '5m', m15: '15m', h1: '1h' } as const satisfies Record<keyof DensityWindows, string>;
const WINDOW_KEYS = ['m1', 'm5', 'm15', 'h1'] as const;

/** One agent's row. */
export class AgentRow {
  readonly element: HTMLTableRowElement;
  private readonly name = el('th', { scope: 'row', class: 'name' });
  private readonly team = el('td', { class: 'team' });
  private readonly shape = el('i', { class: 'shape' });
  private readonly state = el('span');
  private readonly since = el('span', { class: 'since' });
  private readonly density = WINDOW_KEYS.map((window) => ({ window, number: el('span', { class: 'heat' }) }));
  private readonly bar = el('i', { class: 'bar' });
  private readonly load = el('span', { class: 'of' });
  private readonly waiting = el('td', { class: 'waiting' });

  constructor() {
    this.element = el(
      'tr',
      {},
      this.name,
      this.team,
      el('td', { class: 'state' }, this.shape, this.state, this.since),
      ...this.density.map(({ window, number }) => el('td', { class: window, 'data-window': WINDOWS[window] }, number)),
      el('td', { class: 'load' }, this.bar, this.load),
      this.waiting,
    );
  }

  render(row: RosterRow, team: string, scale: Scale, now: number): void {
    setText(this.name, row.name);
    setText(this.team, team);
    this.renderPresence(row, now);
    for (const { window, number } of this.density) {
      setText(number, String(row.density[window]));
      number.style.setProperty('--heat', heatOf(row.density[window], scale[window]));
    }
    this.renderLoad(row);
    this.renderWaiting(row, now);
  }

  private renderPresence({ presence: { state, since } }: RosterRow, now: number): void {
    this.shape.className = `shape ${state}`;
    this.element.dataset['presence'] = state;
    setText(this.state, state);
    setText(this.since, ageOf(since, now));
  }

  private renderLoad({ load: { open, capacity, ratio } }: RosterRow): void {
    const share = ratio ?? (open > 0 ? 1 : 0);
    this.bar.style.setProperty('--share', String(Math.min(1, share)));
    this.bar.classList.toggle('full', share >= 1);
    setText(this.load, `${open}/${capacity}`);
  }

  private renderWaiting({ waiting: { count, oldestAt } }: RosterRow, now: number): void {
    setText(this.waiting, count === 0 ? '' : `${count}${oldestAt ? ` · ${ageOf(oldestAt, now)}` : ''}`);
    this.waiting.classList.toggle('long', oldestAt !== null && now - Date.parse(oldestAt) > LONG_WAIT_MS);
  }
}

/** In steps: a style that stays the same costs nothing. */
function heatOf(value: number, most: number): string {
  return (Math.round((value / most) * 20) / 20).toFixed(2);
}
