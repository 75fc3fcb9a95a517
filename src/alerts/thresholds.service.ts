/**
 * The workspace's thresholds.
 *
 * Guaranteed: whoever changes, disables or deletes one has cleared, in the same transaction, what it had raised under
 * its old condition.
 */
import { Injectable } from '@nestjs/common';
import { LockMode } from '@mikro-orm/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { AuditAction, Page, ThresholdView } from '#contracts';
import type { Authority } from '../access/authority.js';
import { AuditService, difference } from '../audit/audit.service.js';
import { Clock } from '../platform/clock.js';
import { Database, sql } from '../platform/database/database.js';
import { notFound, ProblemException, validationFailed } from '../platform/errors/problem.exception.js';
import { violates } from '../platform/errors/to-problem.js';
import { requireVersion } from '../platform/http/etag.js';
import { type PageQuery, toPage } from '../platform/http/page.js';
import { newId } from '../platform/ids.js';
import { AlertLedger } from './alert-ledger.js';
import { Threshold, type ThresholdSettings } from './threshold.entity.js';
import { faultsOf } from './threshold.rule.js';
import { THRESHOLD_SQL, thresholdPage, type ThresholdRow, toThresholdView } from './threshold-view.queries.js';
import type { CreateThresholdRequest, UpdateThresholdRequest } from './thresholds.dto.js';

/** All of them are looked at every five seconds. */
const MOST = 100;
const TEAM_SQL = 'select 1 from team where workspace_id = $1 and id = $2 and deleted_at is null for share';

@Injectable()
export class ThresholdsService {
  constructor(
    private readonly database: Database,
    private readonly ledger: AlertLedger,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  async list(workspaceId: string, page: PageQuery): Promise<Page<ThresholdView>> {
    const { text, values } = thresholdPage(workspaceId, page);
    const { rows } = await this.database.of(workspaceId).query<ThresholdRow>(text, values);
    return toPage(rows, page.limit, toThresholdView, (row) => row.cursor);
  }

  /** Throws 404. */
  async get(workspaceId: string, id: string): Promise<ThresholdView> {
    const { rows } = await this.database.of(workspaceId).query<ThresholdRow>(THRESHOLD_SQL, [workspaceId, id]);
    if (!rows[0]) throw notFound('threshold');
    return toThresholdView(rows[0]);
  }

  /** 409 `name_taken`, 422 `team_not_found`, `too_many_thresholds` and what `faultsOf` finds. */
  async create(caller: Authority, request: CreateThresholdRequest): Promise<ThresholdView> {
    const { workspaceId } = caller;
    const id = newId();
    await unique(() => this.database.transaction(workspaceId, (em) => this.add(em, caller, id, request)));
    return this.get(workspaceId, id);
  }

  async update(
    caller: Authority,
    id: string,
    request: UpdateThresholdRequest,
    expected: number | null,
  ): Promise<ThresholdView> {
    const { workspaceId } = caller;
    await unique(() => this.database.transaction(workspaceId, (em) => this.change(em, caller, id, request, expected)));
    return this.get(workspaceId, id);
  }

  /** Answers with the threshold as it was. Its alerts stay in the history. */
  async delete(caller: Authority, id: string, expected: number | null): Promise<ThresholdView> {
    const { workspaceId } = caller;
    const view = await this.get(workspaceId, id);
    await this.database.transaction(workspaceId, async (em) => {
      const head = await this.ledger.lock(em, workspaceId);
      const threshold = await this.lock(em, id);
      requireVersion(threshold.version, expected);
      await this.ledger.beginAnew(em, head, id, this.clock.date());
      em.remove(threshold);
      this.record(em, caller, 'threshold.deleted', id, { before: { ...threshold.settings() } });
    });
    return view;
  }

  private async add(em: EntityManager, caller: Authority, id: string, request: CreateThresholdRequest): Promise<void> {
    const { workspaceId } = caller;
    await this.ledger.lock(em, workspaceId);
    if ((await em.count(Threshold, {})) >= MOST) throw tooMany();
    const { kind, comparison, value, forMinutes = 0, enabled = true } = request;
    const densityWindow = request.window ?? (kind === 'density' ? 'm5' : null);
    const teamId = request.scope?.teamId ?? null;
    const settings = { name: request.name, kind, comparison, value, teamId, densityWindow, forMinutes, enabled };
    await this.requireSound(em, workspaceId, settings);
    const [createdAt, updatedAt] = [this.clock.date(), this.clock.date()];
    em.create(Threshold, { id, workspaceId, ...settings, version: 1, createdAt, updatedAt }, { persist: true });
    this.record(em, caller, 'threshold.created', id, { after: settings });
  }

  private async change(
    em: EntityManager,
    caller: Authority,
    id: string,
    { scope, window, ...request }: UpdateThresholdRequest,
    expected: number | null,
  ): Promise<void> {
    const head = await this.ledger.lock(em, caller.workspaceId);
    const threshold = await this.lock(em, id);
    requireVersion(threshold.version, expected);
    const before = threshold.settings();
    const values: Partial<ThresholdSettings> = {
      ...request,
      ...(scope === undefined ? {} : { teamId: scope.teamId ?? null }),
      ...(window === undefined ? {} : { densityWindow: window ?? (before.kind === 'density' ? 'm5' : null) }),
    };
    const teamId = values.teamId === before.teamId ? null : (values.teamId ?? null);
    await this.requireSound(em, caller.workspaceId, { ...before, ...values, teamId });
    const { isChanged, beginsAnew } = threshold.change(values, this.clock.date());
    if (!isChanged) return;
    if (beginsAnew) await this.ledger.beginAnew(em, head, id, this.clock.date());
    this.record(em, caller, 'threshold.updated', id, difference(before, threshold.settings()) ?? {});
  }

  private async requireSound(em: EntityManager, workspaceId: string, settings: ThresholdSettings): Promise<void> {
    const faults = faultsOf(settings);
    const { teamId } = settings;
    if (teamId !== null && (await sql(em, TEAM_SQL, [workspaceId, teamId])).length === 0) {
      const detail = 'Choose a team from GET /api/v1/teams.';
      faults.push({ pointer: '/scope/teamId', code: 'team_not_found', detail });
    }
    if (faults.length > 0) throw validationFailed(faults);
  }

  private async lock(em: EntityManager, id: string): Promise<Threshold> {
    const threshold = await em.findOne(Threshold, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE });
    if (!threshold) throw notFound('threshold');
    return threshold;
  }

  private record(
    em: EntityManager,
    actor: Authority,
    action: AuditAction,
    id: string,
    what: { before?: object; after?: object },
  ): void {
    const [before, after] = [what.before ? { ...what.before } : null, what.after ? { ...what.after } : null];
    const target = { kind: 'threshold' as const, id };
    this.audit.record(em, { actor, workspaceId: actor.workspaceId, action, target, before, after });
  }
}

function tooMany() {
  const detail = `A workspace has up to ${MOST} thresholds; delete one first.`;
  return validationFailed([{ pointer: '', code: 'too_many_thresholds', detail }]);
}

async function unique<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!violates(error, 'threshold_name')) throw error;
    throw new ProblemException('name_taken', 'Another threshold has this name; choose another.');
  }
}
