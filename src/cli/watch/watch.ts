/** The live table: draws at most a few times a second, however fast the floor moves. */
import { listRoster, type LiveRoster, MusterClosed, type RosterQuery } from '#client';
import { Screen } from './screen.js';
import { type Key, press, type WatchState } from './watch-state.js';
import type { Paint } from './watch-columns.js';
import { draw, pageOf } from './watch-table.js';

const FRAME_MS = 150;
/** Clocks and ages move on also when nothing happens. */
const IDLE_FRAME_MS = 1_000;

/** Shows the roster until the user leaves. Rejects when the server ends it. */
export function watchLive(roster: LiveRoster, query: RosterQuery, paint: Paint): Promise<void> {
  return new Promise((resolve, reject) => {
    const watcher = new Watcher(roster, query, paint, (closed) => (closed ? reject(closed) : resolve()));
    watcher.render();
  });
}

class Watcher {
  private watch: WatchState;
  private timer: NodeJS.Timeout | null = null;
  private drawnAt = 0;
  private readonly screen: Screen;
  private readonly unsubscribe: () => void;
  private readonly idle: NodeJS.Timeout;
  private readonly quit = (): void => this.finish(null);

  constructor(
    private readonly roster: LiveRoster,
    query: RosterQuery,
    private readonly paint: Paint,
    private readonly done: (closed: Error | null) => void,
  ) {
    this.watch = { query, typing: false, top: 0 };
    this.screen = new Screen(process.stdout, process.stdin, {
      onKey: (key) => this.press(key),
      onResize: () => this.render(),
    });
    this.unsubscribe = roster.subscribe(() => this.changed());
    this.idle = setInterval(() => this.render(), IDLE_FRAME_MS);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, this.quit);
  }

  /** Draws now. */
  render(): void {
    this.timer = null;
    this.drawnAt = Date.now();
    const { columns, lines } = this.screen;
    const { roster, watch, paint } = this;
    this.screen.draw(draw({ state: roster.current, ageMs: roster.ageMs, watch, columns, lines, paint }));
  }

  private changed(): void {
    const { closure } = this.roster.current;
    if (closure) this.finish(new MusterClosed(closure));
    else this.timer ??= setTimeout(() => this.render(), Math.max(0, this.drawnAt + FRAME_MS - Date.now()));
  }

  private press(key: Key): void {
    const { view } = this.roster.current;
    const teams = [...(view?.teams.values() ?? [])].sort((a, b) => a.name.localeCompare(b.name)).map(({ id }) => id);
    const rows = view ? listRoster(view, this.watch.query).length : 0;
    const next = press(this.watch, key, { teams, rows, page: pageOf(this.screen.lines) });
    if (next === null) return this.finish(null);
    this.watch = next;
    this.render();
  }

  private finish(closed: Error | null): void {
    this.unsubscribe();
    clearInterval(this.idle);
    if (this.timer) clearTimeout(this.timer);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.off(signal, this.quit);
    this.screen.close();
    this.done(closed);
  }
}
