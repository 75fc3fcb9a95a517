/**
 * Seeded random numbers: the same seed gives the same floor, so that what was seen once can be seen again.
 * Never for secrets.
 */
export class Random {
  private state: [number, number, number, number];

  constructor(seed: number | string) {
    this.state = spread(String(seed));
    for (let i = 0; i < 12; i++) this.next();
  }

  /** A stream of its own for `label`: what one part draws does not shift what another part gets. */
  fork(label: string): Random {
    return new Random(`${this.state.join('.')}/${label}`);
  }

  /** Uniform in [0, 1). sfc32 (C. Doty-Humphrey, PractRand). */
  next(): number {
    const [a, b, c, counter] = this.state;
    const sum = (a + b + counter) | 0;
    this.state = [b ^ (b >>> 9), (c + (c << 3)) | 0, (((c << 21) | (c >>> 11)) + sum) | 0, (counter + 1) | 0];
    return (sum >>> 0) / 4_294_967_296;
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  between(low: number, high: number): number {
    return low + (high - low) * this.next();
  }

  /** An integer in [low, high]. */
  integer(low: number, high: number): number {
    return low + Math.floor((high - low + 1) * this.next());
  }

  /** Time to the next event of a Poisson process. */
  exponential(mean: number): number {
    return -mean * Math.log(1 - this.next());
  }

  /** Standard normal (Box and Muller 1958). */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next());
  }

  /**
   * Log-normal with this median. Brown, Gans, Mandelbaum, Sakov, Shen, Zeltyn and Zhao, "Statistical analysis of a
   * telephone call center: a queueing-science perspective" (JASA 100, 2005), found service times to be log-normal to
   * a remarkable degree. The mean is `median * exp(sigma² / 2)`.
   */
  logNormal(median: number, sigma: number): number {
    return median * Math.exp(sigma * this.normal());
  }

  /** Number of trials up to the first success: 1, 2, 3 … with this mean. */
  geometric(mean: number): number {
    if (mean <= 1) return 1;
    return 1 + Math.floor(Math.log(1 - this.next()) / Math.log(1 - 1 / mean));
  }

  pick<T>(items: readonly T[]): T {
    const item = items[Math.floor(this.next() * items.length)];
    if (item === undefined) throw new RangeError('Nothing to pick from: the list is empty.');
    return item;
  }

  /** One of the keys, as often as its weight says. */
  weighted<K extends string>(weights: Readonly<Partial<Record<K, number>>>): K {
    const entries = Object.entries(weights) as [K, number][];
    let left = this.next() * entries.reduce((sum, [, weight]) => sum + weight, 0);
    const chosen = entries.find(([, weight]) => (left -= weight) < 0) ?? entries[entries.length - 1];
    if (!chosen) throw new RangeError('Nothing to choose from: no weights.');
    return chosen[0];
  }
}

/** Four well-mixed words from any text (FNV-1a with another offset for each, finished as in MurmurHash3). */
function spread(text: string): [number, number, number, number] {
  const word = (offset: number): number => {
    let hash = offset | 0;
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 16_777_619);
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    return hash ^ (hash >>> 16);
  };
  return [word(0x811c9dc5), word(0x9e3779b9), word(0x6a09e667), 1];
}
