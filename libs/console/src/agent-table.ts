import type { RosterQuery, RosterRow, RosterSort, RosterView } from '#client';
import { AgentRow, type Scale } from './agent-row.js';
import { el, setText } from './element.js';
import { glide } from './glide.js';

export interface TableContent {
  view: RosterView;
  rows: RosterRow[];
  query: RosterQuery;
  /** The server's time. */
  now: number;
}

/** Rows beyond these are shown when asked for: nobody reads a thousand, and the page stays quick. */
const STEP = 250;

const HEADS: readonly { text: string; sort?: RosterSort; number?: boolean; title?: string }[] = [
  { text: 'Agent', sort: 'name' },
  { text: 'Team' },
  { text: 'Presence', sort: 'presence' },
  { text: '1 min', number: true, title: 'Messages in the last minute' },
  { text: '5 min', sort: 'density', number: true, title: 'Messages in the last 5 minutes' },
  { text: '15 min', number: true, title: 'Messages in the last 15 minutes' },
  { text: '1 h', number: true, title: 'Messages in the last hour' },
  { text: 'Load', sort: 'load', title: 'Open conversations of capacity' },
  { text: 'Waiting', sort: 'waiting', title: 'Customers waiting for an answer, and for how long' },
];

/** The agents, one row each; rows are kept and moved, so what stays the same costs nothing. */
export class AgentTable {
  readonly element: HTMLElement;
  private readonly body = el('tbody');
  private readonly more = el('button', { type: 'button', class: 'more', hidden: true });
  private readonly nobody = el('p', { class: 'nobody', hidden: true }, 'Nobody matches.');
  private readonly heads: HTMLTableCellElement[];
  private readonly rows = new Map<string, AgentRow>();
  private limit = STEP;
  private content: TableContent | null = null;

  constructor(sortBy: (sort: RosterSort) => void) {
    this.heads = HEADS.map((head) => headCell(head, sortBy));
    this.more.addEventListener('click', () => this.showMore());
    const table = el('table', {}, el('thead', {}, el('tr', {}, ...this.heads)), this.body);
    this.element = el('section', { class: 'agents' }, table, this.nobody, this.more);
  }

  render(content: TableContent): void {
    const { view, rows, query, now } = (this.content = content);
    const scale = scaleOf(view.rows.values());
    const shown = rows.slice(0, this.limit);
    for (const row of shown) this.rowOf(row.id).render(row, view.teams.get(row.teamId)?.name ?? '', scale, now);
    this.arrange(shown);
    this.heads.forEach((cell, i) =>
      cell.setAttribute('aria-sort', HEADS[i]?.sort === query.sort ? 'descending' : 'none'),
    );
    this.nobody.hidden = rows.length > 0;
    this.more.hidden = rows.length <= shown.length;
    setText(this.more, `${rows.length - shown.length} more`);
  }

  private showMore(): void {
    this.limit += STEP;
    if (this.content) this.render(this.content);
  }

  private rowOf(id: string): AgentRow {
    const row = this.rows.get(id) ?? new AgentRow();
    this.rows.set(id, row);
    return row;
  }

  /** Brings the rows into order, and drops those that are not shown. */
  private arrange(shown: RosterRow[]): void {
    const wanted = shown.map(({ id }) => this.rowOf(id).element);
    const present = [...this.body.children];
    if (wanted.length === present.length && wanted.every((row, i) => row === present[i])) return;
    glide(this.body, () => this.body.replaceChildren(...wanted));
    const ids = new Set(shown.map(({ id }) => id));
    for (const id of this.rows.keys()) if (!ids.has(id)) this.rows.delete(id);
  }
}

/** The largest of each window: what the heat of a number is measured against. */
function scaleOf(rows: Iterable<RosterRow>): Scale {
  const scale: Scale = { m1: 1, m5: 1, m15: 1, h1: 1 };
  for (const { density } of rows) {
    for (const window of ['m1', 'm5', 'm15', 'h1'] as const) scale[window] = Math.max(scale[window], density[window]);
  }
  return scale;
}

function headCell(
  { text, sort, number, title }: (typeof HEADS)[number],
  sortBy: (sort: RosterSort) => void,
): HTMLTableCellElement {
  const cell = el('th', { scope: 'col', title, class: number ? 'number' : undefined });
  if (!sort) return (cell.append(text), cell);
  const button = el('button', { type: 'button' }, text);
  button.addEventListener('click', () => sortBy(sort));
  cell.append(button);
  return cell;
}
