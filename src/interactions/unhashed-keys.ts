/**
 * Hashes the ids of interactions that were counted before ids were hashed.
 *
 * Who calls: every node when it boots, before it takes anything. Guaranteed: once it has booted, whatever was counted
 * before is known by its hash, so that it counts once, also when it comes again; the ids as they were given are gone.
 * Nodes that boot together wait for each other.
 */
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import type { EntityManager } from '@mikro-orm/postgresql';
import { Database, sql } from '../platform/database/database.js';
import { PhoneVault } from '../privacy/phone-vault.js';

const PAGE = 5_000;

/** Held until the transaction ends; nothing is served yet, so a node that is slow may take its time in it. */
const LOCK_SQL = `
select set_config('idle_in_transaction_session_timeout', '60s', true),
  pg_advisory_xact_lock(hashtextextended('unhashed interaction keys', 0))`;

const IS_THERE_SQL = "select to_regclass('interaction_key_unhashed') is not null as there";

/** `$1`: how many. */
const TAKE_SQL = `
delete from interaction_key_unhashed where ctid = any(array(select ctid from interaction_key_unhashed limit $1))
returning workspace_id as "workspaceId", id, recorded_at::text as "recordedAt"`;

/** `$1`: workspaces, `$2`: hashes, `$3`: times. */
const KEEP_SQL = `
insert into interaction_key (workspace_id, id, recorded_at)
select * from unnest($1::uuid[], $2::text[], $3::timestamptz[]) on conflict do nothing`;

const WAITING_SQL = 'select count(*)::float8 as waiting from interaction_key_unhashed';
const SAY_EVERY_MS = 5_000;

interface Unhashed {
  workspaceId: string;
  id: string;
  recordedAt: string;
}

@Injectable()
export class UnhashedKeys implements OnApplicationBootstrap {
  private readonly logger = new Logger('Interactions');

  constructor(
    private readonly database: Database,
    private readonly vault: PhoneVault,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const { rows } = await this.database.pool.query<{ there: boolean }>(IS_THERE_SQL);
    if (rows[0]?.there) await this.hashAll();
  }

  /** Says how far it is: the node takes nothing before, and there may be many millions. */
  private async hashAll(): Promise<void> {
    const { rows } = await this.database.pool.query<{ waiting: number }>(WAITING_SQL);
    const waiting = rows[0]?.waiting ?? 0;
    if (waiting > 0)
      this.logger.log(`hashing the ids of ${waiting} interactions that were counted before ids were hashed`);
    const began = performance.now();
    let [hashed, said] = [0, began];
    for (let taken = PAGE; taken === PAGE; hashed += taken) {
      taken = await this.database.systemTransaction((em) => this.hashPage(em));
      if (performance.now() - said < SAY_EVERY_MS) continue;
      said = performance.now();
      this.logger.log(`${hashed + taken} of ${waiting} ids of interactions are hashed`);
    }
    if (hashed > 0) this.logger.log(`${hashed} ids of interactions were hashed in ${secondsSince(began)} s`);
  }

  private async hashPage(em: EntityManager): Promise<number> {
    await sql(em, LOCK_SQL);
    const page = await sql<Unhashed>(em, TAKE_SQL, [PAGE]);
    await sql(em, KEEP_SQL, [
      page.map(({ workspaceId }) => workspaceId),
      page.map(({ workspaceId, id }) => this.vault.interactionKey(workspaceId, id)),
      page.map(({ recordedAt }) => recordedAt),
    ]);
    return page.length;
  }
}

function secondsSince(began: number): string {
  return ((performance.now() - began) / 1_000).toFixed(1);
}
