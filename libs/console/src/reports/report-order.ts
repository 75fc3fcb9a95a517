/** The order of a report's rows. Pure. */
import type { ReportSubject } from '#client';

/** By the name, or by a column's figure. */
export interface ReportOrder {
  by: number | 'name';
  isDescending: boolean;
}

export const BY_NAME: ReportOrder = { by: 'name', isDescending: false };

type Figure<Row> = ((row: Row) => number | null) | undefined;

/** The rows in an order; those without a figure come last, whichever way round. */
export function ordered<Row extends ReportSubject>(
  rows: readonly Row[],
  { by, isDescending }: ReportOrder,
  figures: readonly Figure<Row>[],
): Row[] {
  const sign = isDescending ? -1 : 1;
  const figureOf = by === 'name' ? undefined : figures[by];
  const byName = (a: Row, b: Row): number => nameOf(a).localeCompare(nameOf(b));
  if (!figureOf) return rows.toSorted((a, b) => sign * byName(a, b));
  return rows.toSorted((a, b) => {
    const [first, second] = [figureOf(a), figureOf(b)];
    if (first === null || second === null) return Number(first === null) - Number(second === null) || byName(a, b);
    return sign * (first - second) || byName(a, b);
  });
}

/** The order after a click on a column: figures begin with the highest, names with A; then the other way round. */
export function orderBy(now: ReportOrder, by: ReportOrder['by']): ReportOrder {
  return { by, isDescending: now.by === by ? !now.isDescending : by !== 'name' };
}

function nameOf({ agent, team }: ReportSubject): string {
  return (agent ?? team).name;
}
