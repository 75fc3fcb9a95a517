import type { ContactDetails } from '#contracts';
import { containing, keyset, type SortColumn } from '../platform/database/keyset.js';
import type { PageQuery } from '../platform/http/page.js';
import type { ContactGate, Viewer } from '../privacy/contact-gate.js';

/** A contact with what its view shows. */
export interface ContactRow {
  id: string;
  workspaceId: string;
  name: string | null;
  phoneCipher: Buffer | null;
  erasedAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
  version: number;
  cursor: string[];
}

/** No name among them: the order of names that are numbers would tell the numbers. */
const SORTS: Record<string, SortColumn> = {
  createdAt: { sql: 'k.created_at', type: 'timestamptz' },
  updatedAt: { sql: 'k.updated_at', type: 'timestamptz' },
};

const select = (cursor: string) => `
select k.id, k.workspace_id as "workspaceId", k.name, k.phone_cipher as "phoneCipher", k.erased_at as "erasedAt",
  k.created_at as "createdAt", k.updated_at as "updatedAt", k.version, ${cursor} as cursor
from contact k`;

/** One contact. `$1`: workspace, `$2`: id. */
export const CONTACT_SQL = `${select("'{}'::text[]")} where k.workspace_id = $1 and k.id = $2`;

/** What is searched for: a part of the name, or the blind index of a whole number. */
export interface Sought {
  text: string;
  index: Buffer | null;
}

/** A page of contacts, with its parameters. */
export function contactPage(
  workspaceId: string,
  page: Pick<PageQuery, 'limit' | 'cursor' | 'sort'>,
  sought: Sought | null,
): { text: string; values: unknown[] } {
  const keys = keyset({ ...page }, SORTS, { fallback: '-createdAt', id: 'k.id', firstParam: 5 });
  const text = `${select(keys.cursor)}
where k.workspace_id = $1 and ($3::text is null or k.name ilike $3 or k.phone_index = $4) and ${keys.where}
order by ${keys.order} limit $2`;
  const values = [workspaceId, page.limit + 1, sought && containing(sought.text), sought?.index ?? null];
  return { text, values: [...values, ...keys.params] };
}

/** The contact as `viewer` may see it. */
export function toContactDetails(row: Omit<ContactRow, 'cursor'>, viewer: Viewer, gate: ContactGate): ContactDetails {
  return {
    ...gate.view(viewer, row),
    erasedAt: row.erasedAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    version: row.version,
  };
}
