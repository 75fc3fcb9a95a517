/**
 * One subscription to the roster for all that show it: made when the first screen needs it, ended a while after the
 * last one is gone, so that screens without live numbers cost the server nothing.
 */
import type { LiveRoster } from '#client';

/** Changing screens must not subscribe anew. */
export const KEEP_MS = 5_000;

export class SharedRoster {
  private roster: LiveRoster | null = null;
  private users = 0;
  private ending: ReturnType<typeof setTimeout> | undefined;
  private readonly listeners = new Set<() => void>();

  constructor(private readonly open: () => LiveRoster) {}

  /** The roster while somebody holds it; null while nobody does. */
  get current(): LiveRoster | null {
    return this.roster;
  }

  /** Calls `listener` when there is another roster, or none; the answer ends that. */
  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Keeps the roster subscribed until the answer is called. */
  hold(): () => void {
    this.users += 1;
    clearTimeout(this.ending);
    if (!this.roster) this.become(this.open());
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.users -= 1;
      if (this.users === 0) this.ending = setTimeout(() => this.end(), KEEP_MS);
    };
  }

  /** Ends it now: the connection is gone. */
  end(): void {
    clearTimeout(this.ending);
    const { roster } = this;
    this.become(null);
    roster?.close();
  }

  private become(roster: LiveRoster | null): void {
    if (this.roster === roster) return;
    this.roster = roster;
    for (const listener of this.listeners) listener();
  }
}
