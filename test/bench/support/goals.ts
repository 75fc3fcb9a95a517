import type { Table } from './bench.js';

/** What a benchmark is to reach, and what was measured. */
export interface Goal {
  what: string;
  measured: number;
  /** Met when `measured` is at least, or at most, so much. */
  limit: { atLeast: number } | { atMost: number };
  unit?: string;
}

export function isMet({ measured, limit }: Goal): boolean {
  return 'atLeast' in limit ? measured >= limit.atLeast : measured <= limit.atMost;
}

/** Says of each goal whether it is met. */
export function goalsTable(goals: readonly Goal[]): Table {
  const rows = goals.map((goal) => {
    const unit = goal.unit ?? '';
    const limit = 'atLeast' in goal.limit ? `≥ ${goal.limit.atLeast}${unit}` : `≤ ${goal.limit.atMost}${unit}`;
    return [goal.what, limit, `${round(goal.measured)}${unit}`, isMet(goal) ? 'met' : 'MISSED'];
  });
  return { title: 'Goals', head: ['', 'goal', 'measured', ''], rows };
}

function round(value: number): string {
  return value.toLocaleString('en', { maximumSignificantDigits: 3 });
}
