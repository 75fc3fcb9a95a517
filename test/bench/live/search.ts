/** Finding the greatest rate that holds: up while it does, down while it doesn't, then between. Pure but for `attempt`. */

/** The search is over when what holds and what doesn't are so near. */
const NEAR = 1.1;
const STEP_UP = 1.25;
const STEP_DOWN = 2;

export interface Attempt<Sample> {
  rate: number;
  holds: boolean;
  sample: Sample;
}

export interface SearchOptions<Sample> {
  /** Where to begin. */
  guess: number;
  attempt: (rate: number) => Promise<Attempt<Sample>>;
  /** Attempts at most. */
  most: number;
  /** `performance.now()` after which no attempt is begun. */
  until: number;
}

/** All attempts, in their order; at least one. */
export async function search<Sample>(options: SearchOptions<Sample>): Promise<Attempt<Sample>[]> {
  const attempts: Attempt<Sample>[] = [];
  for (let rate: number | null = options.guess; rate !== null; rate = next(attempts)) {
    attempts.push(await options.attempt(rate));
    if (attempts.length >= options.most || performance.now() > options.until) break;
  }
  return attempts;
}

/** The attempt with the greatest rate that held; null: none did. */
export function best<Sample>(attempts: readonly Attempt<Sample>[]): Attempt<Sample> | null {
  const held = attempts.filter(({ holds }) => holds).toSorted((a, b) => b.rate - a.rate);
  return held[0] ?? null;
}

function next(attempts: readonly Attempt<unknown>[]): number | null {
  const rates = (holds: boolean) => attempts.filter((attempt) => attempt.holds === holds).map(({ rate }) => rate);
  const [least, most] = [Math.max(...rates(true)), Math.min(...rates(false))];
  if (least === -Infinity) return most / STEP_DOWN;
  if (most === Infinity) return least * STEP_UP;
  return most / least <= NEAR ? null : Math.sqrt(least * most);
}
