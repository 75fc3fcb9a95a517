import type pg from 'pg';
import type { AuditChainBreak, AuditChainHead } from '#contracts';
import { type ChainRow, CHAINS_SQL, SIGHT_SQL } from '../../audit/chain.queries.js';
import { ChainWalk } from '../../audit/chain.js';
import { BEFORE_ALL, findUnchained, followStretch, type Position } from '../../audit/follow.js';
import { SYSTEM_ROLE } from '../../platform/database/roles.js';
import { CommandError } from '../explain.js';

export interface VerifyOptions {
  /** Slug; absent: all. */
  workspace?: string;
  /** A head that was kept elsewhere, in hex. */
  expected?: string;
  /** How far a chain has been followed. */
  onProgress?: (workspace: string, done: number, all: number) => void;
}

/** What became of one chain. */
export interface Verdict {
  /** Slug, or the id where the workspace is gone. */
  workspace: string;
  /** Those that are as they were written, from the first. */
  entries: number;
  /** Where those end. */
  head: AuditChainHead;
  /** The first that isn't; null: the chain is whole. */
  broken: AuditChainBreak | null;
}

const STRETCH = 5_000;

/** Follows the chains as they are at one moment; what is written meanwhile counts the next time. */
export async function verifyChains(client: pg.Client, options: VerifyOptions): Promise<Verdict[]> {
  await client.query('begin isolation level repeatable read read only');
  await requireSight(client);
  const chains = await chainsOf(client, options);
  const verdicts: Verdict[] = [];
  for (const chain of chains) verdicts.push(await verify(client, chain, options));
  await client.query('rollback');
  return verdicts;
}

/** To whom a policy shows no row, every chain looks whole. */
async function requireSight(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ hidden: boolean }>(SIGHT_SQL, [SYSTEM_ROLE]);
  if (!rows[0]?.hidden) return;
  throw new CommandError(
    `This user may not see the audit log: connect as the one of DATABASE_URL, or GRANT ${SYSTEM_ROLE} to it`,
  );
}

async function chainsOf(client: pg.Client, { workspace, expected }: VerifyOptions): Promise<ChainRow[]> {
  const { rows } = await client.query<ChainRow>(CHAINS_SQL, [workspace ?? null]);
  if (!workspace && rows.length === 0) throw new CommandError('There is no workspace in this database');
  if (workspace && rows.length === 0) throw new CommandError(`There is no workspace ${workspace}`);
  if (expected && rows.length > 1) throw new CommandError('--expect is about one chain: say which with --workspace');
  return rows;
}

async function verify(client: pg.Client, chain: ChainRow, options: VerifyOptions): Promise<Verdict> {
  const { workspaceId, slug, seq, hash } = chain;
  const workspace = slug ?? workspaceId;
  const kept = seq !== null && hash !== null ? { seq, hash } : null;
  const walk = new ChainWalk(workspaceId, options.expected ?? null);
  const onStretch = () => options.onProgress?.(workspace, walk.head.seq, seq ?? walk.head.seq);
  const broken =
    (await follow(client, walk, workspaceId, onStretch)) ??
    walk.end(kept) ??
    (await findUnchained(client, workspaceId));
  return { workspace, entries: walk.head.seq, head: walk.head, broken };
}

async function follow(
  client: pg.Client,
  walk: ChainWalk,
  workspaceId: string,
  onStretch: () => void,
): Promise<AuditChainBreak | null> {
  for (let after: Position | null = BEFORE_ALL; after;) {
    const { broken, last } = await followStretch(client, walk, workspaceId, after, STRETCH);
    if (broken) return broken;
    onStretch();
    after = last;
  }
  return null;
}
