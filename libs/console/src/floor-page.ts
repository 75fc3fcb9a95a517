/**
 * The floor: every agent of the workspace, live. Numbers change as they arrive; the order follows every two seconds,
 * so that a row can be read and hit. Must never happen: numbers that look current when they aren't.
 */
import { listRoster, type LiveRoster, type MusterApi, type RosterQuery, type RosterView } from '#client';
import { el } from './element.js';
import { explain } from './login.js';
import { AgentTable } from './agent-table.js';
import { FloorControls } from './floor-controls.js';
import { FloorHeader } from './floor-header.js';
import { readQuery, writeQuery } from './query.js';

const FRAME_MS = 200;
const REORDER_MS = 2_000;

export class FloorPage {
  readonly element: HTMLElement;
  private query: RosterQuery = readQuery(location.search);
  private readonly header: FloorHeader;
  private readonly controls: FloorControls;
  private readonly table = new AgentTable((sort) => this.choose({ sort }));
  private readonly idle: number;
  private readonly unsubscribe: () => void;
  private pending: number | null = null;
  private orderedAt = 0;
  private order: string[] = [];

  constructor(
    private readonly muster: MusterApi,
    private readonly roster: LiveRoster,
    private readonly leave: (reason: string | null) => void,
  ) {
    this.header = new FloorHeader(() => this.end(null));
    this.controls = new FloorControls(this.query, (change) => this.choose(change));
    this.element = el('main', { class: 'floor' }, this.header.element, this.controls.element, this.table.element);
    this.idle = window.setInterval(() => this.render(), 1_000);
    this.unsubscribe = roster.subscribe(() => this.changed());
    void this.introduce();
    this.render();
  }

  private async introduce(): Promise<void> {
    try {
      this.header.introduce(await this.muster.me());
    } catch (error) {
      // Whether the session is over is for the live connection to say; here only a name is missing.
      this.header.trouble(explain(error));
    }
  }

  private choose(change: Partial<RosterQuery>): void {
    this.query = { ...this.query, ...change };
    history.replaceState(null, '', writeQuery(this.query));
    this.orderedAt = 0;
    this.render();
  }

  private changed(): void {
    const { closure } = this.roster.current;
    if (closure) this.end(closure.reason);
    else this.pending ??= window.setTimeout(() => this.render(), FRAME_MS);
  }

  private render(): void {
    if (this.pending !== null) window.clearTimeout(this.pending);
    this.pending = null;
    const { status, view } = this.roster.current;
    const { ageMs } = this.roster;
    this.element.dataset['status'] = status;
    this.header.render(status, view, ageMs);
    if (!view) return;
    this.controls.render(view, this.query);
    const now = Date.parse(view.asOf) + ageMs;
    this.table.render({ view, rows: this.rowsOf(view), query: this.query, now });
  }

  /** The rows in the order of a moment ago: those that came since last, those that went not at all. */
  private rowsOf(view: RosterView) {
    const found = listRoster(view, this.query);
    if (Date.now() - this.orderedAt >= REORDER_MS) {
      this.orderedAt = Date.now();
      this.order = found.map((row) => row.id);
      return found;
    }
    const place = new Map(this.order.map((id, i) => [id, i]));
    const placeOf = (id: string): number => place.get(id) ?? this.order.length;
    return found.sort((a, b) => placeOf(a.id) - placeOf(b.id));
  }

  private end(reason: string | null): void {
    this.unsubscribe();
    window.clearInterval(this.idle);
    if (this.pending !== null) window.clearTimeout(this.pending);
    this.leave(reason);
  }
}
