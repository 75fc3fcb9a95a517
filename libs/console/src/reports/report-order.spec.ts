import { describe, expect, it } from '@jest/globals';
import type { ReportSubject } from '#client';
import { BY_NAME, orderBy, ordered } from './report-order.js';

interface Row extends ReportSubject {
  share: number | null;
}

const row = (name: string, share: number | null): Row => ({
  agent: { id: name, name },
  team: { id: 't', name: 'Support' },
  share,
});
const rows = [row('Cy', 0.5), row('ana', null), row('Bo', 0.9), row('Di', 0.5)];
const namesBy = (order: typeof BY_NAME) =>
  ordered(rows, order, [undefined, ({ share }: Row) => share]).map(({ agent }) => agent?.name);

describe('the order of a report', () => {
  it('is that of the names at first', () => {
    expect(namesBy(BY_NAME)).toEqual(['ana', 'Bo', 'Cy', 'Di']);
  });

  it('begins with the highest figure, then turns round; what has none comes last', () => {
    const highest = orderBy(BY_NAME, 1);
    expect(namesBy(highest)).toEqual(['Bo', 'Cy', 'Di', 'ana']);
    expect(namesBy(orderBy(highest, 1))).toEqual(['Cy', 'Di', 'Bo', 'ana']);
    expect(orderBy(highest, 'name')).toEqual(BY_NAME);
  });
});
