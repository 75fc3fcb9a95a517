/** A figure over several rounds. */
export interface Figure {
  median: number;
  min: number;
  max: number;
}

export function figure(values: readonly number[]): Figure {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const median = ((sorted[Math.floor(middle)] ?? NaN) + (sorted[Math.ceil(middle)] ?? NaN)) / 2;
  return { median, min: sorted[0] ?? NaN, max: sorted.at(-1) ?? NaN };
}

/** What was measured round by round, ÷ the baseline of the same round: what slows a round down slows both. */
export function ratio(values: readonly number[], baseline: readonly number[]): Figure {
  return figure(values.map((value, round) => value / (baseline[round] ?? NaN)));
}

/** `1.23 (1.20–1.31)`: the median, and the range of the rounds. */
export function show({ median, min, max }: Figure, digits = 2): string {
  return `${format(median, digits)} (${format(min, digits)}–${format(max, digits)})`;
}

function format(value: number, digits: number): string {
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
