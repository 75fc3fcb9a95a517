/** How the chain is read: see `chain.ts`. */

/** Whether policies hide the log from this user. `$1`: the role to which they show all. */
export const SIGHT_SQL = `
select row_security_active('audit_entry')
  and not exists (select from pg_roles where rolname = $1 and pg_has_role(oid, 'usage')) as hidden`;

/** Every workspace with its head, even one that never had an entry; and a head whose workspace is gone. */
export const CHAINS_SQL = `
select coalesce(w.id, h.workspace_id) as "workspaceId", w.slug, h.seq::float8 as seq, encode(h.hash, 'hex') as hash
from workspace w full join audit_head h on h.workspace_id = w.id
where $1::text is null or w.slug = $1 order by w.slug`;

export interface ChainRow {
  workspaceId: string;
  slug: string | null;
  /** Of the head; null: there is none. */
  seq: number | null;
  hash: string | null;
}

/** The head of one chain. `$1`: workspace. No row: it never had an entry. */
export const HEAD_SQL = `
select seq::float8 as seq, encode(hash, 'hex') as hash from audit_head where workspace_id = $1`;

/**
 * A stretch of a chain. What is hashed is read here once more, not asked of the functions that wrote it: they may have
 * been changed too. `$1`: workspace, `$2`: after this seq, `$3`: after this id, `$4`: limit. Entries of one seq, which there must
 * not be, come one after the other.
 */
export const STRETCH_SQL = `
select id, seq::float8 as seq, encode(hash, 'hex') as hash, json_build_array(
  workspace_id, seq, id, (extract(epoch from at) * 1000000)::bigint, actor_kind, actor_id, action, target_kind,
  target_id, before::text, after::text, reason, request_id)::text as content
from audit_entry
where workspace_id = $1 and seq is not null and (seq, id) > ($2::bigint, $3::uuid)
order by seq, id limit $4`;

/** Entries without a place in the chain, which are written only past its functions. `$1`: workspace. */
export const UNCHAINED_SQL = `
select id, count(*) over ()::int as count from audit_entry where workspace_id = $1 and seq is null order by id limit 1`;
