/** Which thresholds make sense. Pure. */
import type { Comparison, DensityWindow, ProblemDetail, ThresholdKind } from '#contracts';

interface Range {
  unit: string;
  least: number;
  most: number;
  isWhole: boolean;
}

const RANGES: Record<ThresholdKind, Range> = {
  density: { unit: 'interactions', least: 0, most: 1_000_000, isWhole: true },
  load: { unit: 'a ratio of open conversations to capacity', least: 0, most: 100, isWhole: false },
  waiting: { unit: 'seconds', least: 1, most: 2_592_000, isWhole: true },
  staffing: { unit: 'agents', least: 0, most: 100_000, isWhole: true },
};

interface Checked {
  kind: ThresholdKind;
  comparison: Comparison;
  value: number;
  densityWindow: DensityWindow | null;
}

/** What is wrong with a threshold as a whole; empty: nothing. */
export function faultsOf({ kind, comparison, value, densityWindow }: Checked): ProblemDetail[] {
  const faults: ProblemDetail[] = [];
  const range = RANGES[kind];
  if (value < range.least || value > range.most || (range.isWhole && !Number.isInteger(value))) {
    const form = range.isWhole ? 'a whole number' : 'a number';
    const detail = `The value of ${kind} is ${range.unit}: ${form} from ${range.least} to ${range.most}.`;
    faults.push({ pointer: '/value', code: 'value_invalid', detail });
  }
  if (kind === 'waiting' && comparison === 'below') {
    const detail = 'Waiting has only above: nobody is alarmed by customers who wait too short.';
    faults.push({ pointer: '/comparison', code: 'comparison_invalid', detail });
  }
  if (kind !== 'density' && densityWindow !== null) {
    faults.push({ pointer: '/window', code: 'window_unexpected', detail: 'Only density has a window; leave it out.' });
  }
  return faults;
}
