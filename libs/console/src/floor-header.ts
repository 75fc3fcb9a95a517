import { type LiveStatus, type Me, type RosterView, totalsOf } from '#client';
import { el, setText } from './element.js';
import { brand } from './login.js';
import { themeButton } from './theme.js';

const STATUS_TEXT: Record<LiveStatus, string> = {
  connecting: 'Connecting',
  live: 'Live',
  resuming: 'Resuming',
  stale: 'Stale',
  closed: 'Ended',
};

/** Who is here, how busy they are together, and how true the page is. */
export class FloorHeader {
  readonly element: HTMLElement;
  private readonly state = el('span', { class: 'state' });
  private readonly clock = el('span', { class: 'clock' });
  private readonly who = el('span', { class: 'who' });
  private readonly pill = el('div', { class: 'pill', role: 'status' }, el('i', { class: 'dot' }), this.state);
  private readonly figures = {
    messages: figure('messages a minute'),
    load: figure('open of capacity'),
    waiting: figure('customers waiting'),
  };

  constructor(onLeave: () => void) {
    const leave = el('button', { type: 'button', class: 'quiet' }, 'Sign out');
    leave.addEventListener('click', onLeave);
    const { messages, load, waiting } = this.figures;
    this.element = el(
      'header',
      {},
      el(
        'div',
        { class: 'bar' },
        brand(),
        this.pill,
        this.clock,
        el('span', { class: 'grow' }),
        this.who,
        themeButton(),
        leave,
      ),
      el('dl', { class: 'figures' }, messages.element, load.element, waiting.element),
    );
  }

  /** Says whose page this is. */
  introduce({ agent, workspace }: Me): void {
    this.who.textContent = `${agent.name} · ${workspace.name}`;
    this.who.title = agent.email;
  }

  /** Says that something about the visitor could not be found out. */
  trouble(message: string): void {
    this.who.textContent = message;
  }

  render(status: LiveStatus, view: RosterView | null, ageMs: number): void {
    this.pill.dataset['status'] = status;
    setText(this.state, STATUS_TEXT[status]);
    if (!view) return;
    setText(
      this.clock,
      status === 'live' ? `as of ${timeOf(view)}` : `as of ${timeOf(view)}, ${Math.floor(ageMs / 1000)} s ago`,
    );
    const totals = totalsOf(view.rows.values());
    this.figures.messages.set(totals.m1.toLocaleString());
    this.figures.load.set(`${totals.open.toLocaleString()}/${totals.capacity.toLocaleString()}`);
    this.figures.waiting.set(totals.waiting.toLocaleString());
    document.title = totals.waiting > 0 ? `(${totals.waiting}) Muster` : 'Muster';
  }
}

function figure(label: string) {
  const value = el('dd', {}, '–');
  const element = el('div', {}, el('dt', {}, label), value);
  return { element, set: (text: string) => setText(value, text) };
}

function timeOf({ asOf }: RosterView): string {
  return new Date(asOf).toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
}
