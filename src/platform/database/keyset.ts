import { decodeCursor, parseSort, type PageQuery, type SortKey } from '../http/page.js';

/** A thing a list can be sorted by: an SQL expression that is never null, and its type. */
export interface SortColumn {
  sql: string;
  type: 'text' | 'timestamptz' | 'uuid';
}

/** The parts of an SQL statement that make it a page of a sorted list. */
export interface Keyset {
  /** What follows `order by`. */
  order: string;
  /** An expression to select as `cursor`: where a row stands in the list. */
  cursor: string;
  /** A condition: rows after the cursor; `true` on the first page. */
  where: string;
  params: unknown[];
}

/**
 * A page of a sorted list without offsets: rows after the last one seen, in the order of the sort and then of
 * the id, so that pages neither repeat nor skip rows. `firstParam` is the number of the first free `$n`.
 */
export function keyset(
  page: PageQuery,
  columns: Record<string, SortColumn>,
  options: { fallback: string; id: string; firstParam: number },
): Keyset {
  const sort: SortKey[] = [
    ...parseSort(page.sort, Object.keys(columns), options.fallback),
    { field: '', descending: false },
  ];
  const keys = sort.map(({ field, descending }) => ({
    ...(columns[field] ?? { sql: options.id, type: 'uuid' }),
    descending,
  }));
  const after = page.cursor
    ? decodeCursor(
        page.cursor,
        keys.map(({ type }) => FORMS[type]),
      )
    : null;
  const bound = (index: number) => `$${options.firstParam + index}::text::${keys[index]?.type}`;
  const beyond = (index: number) => `${keys[index]?.sql} ${keys[index]?.descending ? '<' : '>'}`;
  const comparisons = keys.map((_, index) => {
    const equal = keys.slice(0, index).map((earlier, at) => `${earlier.sql} = ${bound(at)}`);
    return `(${[...equal, `${beyond(index)} ${bound(index)}`].join(' and ')})`;
  });
  // Says no more than the rest, but in a way that lets an index begin at the cursor.
  const start = `${beyond(0)}= ${bound(0)}`;
  return {
    order: keys.map((key) => `${key.sql} ${key.descending ? 'desc' : 'asc'}`).join(', '),
    cursor: `array[${keys.map((key) => `(${key.sql})::text`).join(', ')}]`,
    where: after ? `(${start} and (${comparisons.join(' or ')}))` : 'true',
    params: after ?? [],
  };
}

/** What PostgreSQL writes for a value of a type. */
const FORMS = {
  text: /^[^\0]*$/,
  timestamptz: /^(-?infinity|\d{4}-[01]\d-[0-3]\d [0-2]\d:[0-5]\d:[0-5]\d(\.\d{1,6})?[+-]\d\d(:\d\d)?)$/,
  uuid: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
};

/** A pattern for `ilike` that finds `text` anywhere, taken literally. */
export function containing(text: string): string {
  return `%${text.replaceAll(/[\\%_]/g, (character) => `\\${character}`)}%`;
}
