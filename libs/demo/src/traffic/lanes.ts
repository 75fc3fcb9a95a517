/** Does what belongs to the same key one after the other, in the order it was asked for. */
export class Lanes<K> {
  private readonly tails = new Map<K, Promise<void>>();

  constructor(private readonly onError: (error: unknown) => void) {}

  /** Whether something of this key is not done yet. */
  busy(key: K): boolean {
    return this.tails.has(key);
  }

  run(key: K, work: () => Promise<void>): void {
    const tail = (this.tails.get(key) ?? Promise.resolve()).then(work).catch(this.onError);
    const done = tail.then(() => {
      if (this.tails.get(key) === done) this.tails.delete(key);
    });
    this.tails.set(key, done);
  }
}
