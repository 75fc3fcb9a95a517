/**
 * One subscription for all that show the same: made when the first screen needs it, ended a while after the
 * last one is gone, so that screens without live numbers cost the server nothing.
 */
/** Changing screens must not subscribe anew. */
export const KEEP_MS = 5_000;

export class SharedView<View extends { close(): void }> {
  private view: View | null = null;
  private users = 0;
  private ending: ReturnType<typeof setTimeout> | undefined;
  private readonly listeners = new Set<() => void>();

  constructor(private readonly open: () => View) {}

  /** The view while somebody holds it; null while nobody does. */
  get current(): View | null {
    return this.view;
  }

  /** Calls `listener` when there is another view, or none; the answer ends that. */
  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Keeps the view subscribed until the answer is called. */
  hold(): () => void {
    this.users += 1;
    clearTimeout(this.ending);
    if (!this.view) this.become(this.open());
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
    const { view } = this;
    this.become(null);
    view?.close();
  }

  private become(view: View | null): void {
    if (this.view === view) return;
    this.view = view;
    for (const listener of this.listeners) listener();
  }
}
