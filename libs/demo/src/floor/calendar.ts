/** What is going to happen, soonest first; what is due at the same time happens in the order it was planned. */
export class Calendar {
  private heap: Entry[] = [];
  private planned = 0;

  /** Plans `act` for the time `at`. */
  plan(at: number, act: () => void): Planned {
    const entry: Entry = { at, order: this.planned++, act, cancelled: false };
    this.heap.push(entry);
    this.rise(this.heap.length - 1);
    return { cancel: () => void (entry.cancelled = true) };
  }

  /** Takes out the next thing that is due by `until`; undefined when nothing is. */
  next(until: number): { at: number; act: () => void } | undefined {
    for (let first = this.heap[0]; first && first.at <= until; first = this.heap[0]) {
      this.removeFirst();
      if (!first.cancelled) return first;
    }
    return undefined;
  }

  private removeFirst(): void {
    const last = this.heap.pop();
    if (!last || this.heap.length === 0) return;
    this.heap[0] = last;
    this.sink(0);
  }

  private rise(index: number): void {
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.swapIfLater(parent, index)) return;
      index = parent;
    }
  }

  private sink(index: number): void {
    for (;;) {
      const left = 2 * index + 1;
      const child = this.isLater(left, left + 1) ? left + 1 : left;
      if (!this.swapIfLater(index, child)) return;
      index = child;
    }
  }

  private swapIfLater(upper: number, lower: number): boolean {
    const [a, b] = [this.heap[upper], this.heap[lower]];
    if (!a || !b || !this.isLater(upper, lower)) return false;
    this.heap[upper] = b;
    this.heap[lower] = a;
    return true;
  }

  private isLater(one: number, other: number): boolean {
    const [a, b] = [this.heap[one], this.heap[other]];
    if (!a || !b) return false;
    return a.at > b.at || (a.at === b.at && a.order > b.order);
  }
}

/** Something planned that may still be called off. */
export interface Planned {
  cancel(): void;
}

interface Entry {
  at: number;
  order: number;
  act: () => void;
  cancelled: boolean;
}
