import { Injectable } from '@nestjs/common';
import type { Page, Receipt, ReceiptNode } from '#contracts';
import { Database } from '../../platform/database/database.js';
import { keyset, type SortColumn } from '../../platform/database/keyset.js';
import { notFound } from '../../platform/errors/problem.exception.js';
import { type PageQuery, toPage } from '../../platform/http/page.js';
import { receiptsSql, TIDY_SQL, UNSETTLED_SQL } from './revocation.queries.js';
import { type Revocation, Revocations } from './revocations.service.js';

interface ReceiptRow extends Omit<Receipt, 'nodes' | 'sockets' | 'elapsedMs' | 'at'> {
  nodes: ReceiptNode[] | null;
  elapsedMs: number | null;
  at: number;
  cursor: string[];
}

const SORTS: Record<string, SortColumn> = { at: { sql: 'r.created_at', type: 'timestamptz' } };

/** The receipts of revocations: kept for good, and completed by the sweep where whoever revoked could not. */
@Injectable()
export class Receipts {
  constructor(
    private readonly database: Database,
    private readonly revocations: Revocations,
  ) {}

  /** Those that concern one agent, newest first; deleted ones too. Throws 404. */
  async of(workspaceId: string, agentId: string, page: PageQuery): Promise<Page<Receipt>> {
    const found = await this.database
      .of(workspaceId)
      .query('select 1 from agent where workspace_id = $1 and id = $2', [workspaceId, agentId]);
    if (found.rowCount === 0) throw notFound('agent');
    const keys = keyset(page, SORTS, { fallback: '-at', id: 'r.id', firstParam: 4 });
    const parameters = [workspaceId, agentId, page.limit + 1, ...keys.params];
    const { rows } = await this.database.of(workspaceId).query<ReceiptRow>(receiptsSql(keys), parameters);
    return toPage(rows, page.limit, toReceipt, (row) => row.cursor);
  }

  /** Sees through what was committed and never confirmed, for example because a node died. */
  async sweep(): Promise<void> {
    const { rows } = await this.database.controlPool.query<Revocation>(UNSETTLED_SQL);
    for (const revocation of rows) await this.revocations.confirm([revocation]);
    await this.database.controlPool.query(TIDY_SQL);
  }
}

function toReceipt({ cursor: _, nodes, elapsedMs, at, ...row }: ReceiptRow): Receipt {
  const known = nodes ?? [];
  return {
    ...row,
    nodes: known,
    sockets: known.reduce((sockets, node) => sockets + node.sockets, 0),
    elapsedMs: elapsedMs ?? 0,
    at: new Date(at).toISOString(),
  };
}
