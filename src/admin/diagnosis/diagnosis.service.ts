import { Injectable } from '@nestjs/common';
import type { Diagnosis, SimilarAgent } from '#contracts';
import { LoginLimits } from '../../auth/login-limits.js';
import { reasonsAgainst } from '../../conversations/assignability.js';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import { DELETED_SQL, DIAGNOSED_SQL, type DiagnosedRow, SIMILAR_SQL } from './diagnosis.queries.js';
import { canLogin, checksOf, type Facts, unknownEmail } from './diagnosis.rule.js';
import { bare, differenceOf, oneCharacterFrom, untagged } from './similar-email.js';

/** Why somebody can't log in, or gets no work. */
@Injectable()
export class DiagnosisService {
  constructor(
    private readonly database: Database,
    private readonly limits: LoginLimits,
    private readonly clock: Clock,
  ) {}

  /** About an e-mail, as it is typed at a login, in one workspace. */
  async of(workspaceId: string, email: string): Promise<Diagnosis> {
    const now = this.clock.date();
    const { rows } = await this.database.of(workspaceId).query<DiagnosedRow>(DIAGNOSED_SQL, [workspaceId, email, now]);
    const row = rows[0];
    if (!row) return this.ofUnknown(workspaceId, email);
    const facts: Facts = { row, now, lockedForS: await this.limits.lockedSeconds(row), reasons: reasonsOf(row) };
    const { id, name, status, team_id, team_name } = row;
    return {
      email,
      found: true,
      agent: { id, name, email: row.email, status, team: { id: team_id, name: team_name } },
      canLogin: canLogin(facts),
      assignable: facts.reasons.length === 0,
      checks: checksOf(facts, email),
      similar: [],
    };
  }

  private async ofUnknown(workspaceId: string, email: string): Promise<Diagnosis> {
    const known = [workspaceId, email];
    const [deleted, similar] = await Promise.all([
      this.database.of(workspaceId).query<{ name: string; deleted_at: Date }>(DELETED_SQL, known),
      this.similarTo(workspaceId, email),
    ]);
    const checks = [unknownEmail(email, similar, deleted.rows[0] ?? null)];
    return { email, found: false, agent: null, canLogin: false, assignable: false, checks, similar };
  }

  private async similarTo(workspaceId: string, email: string): Promise<SimilarAgent[]> {
    const plain = bare(email);
    const emails = [plain, untagged(plain), ...oneCharacterFrom(plain)];
    const { rows } = await this.database
      .of(workspaceId)
      .query<Omit<SimilarAgent, 'difference'>>(SIMILAR_SQL, [workspaceId, emails, tagged(untagged(plain))]);
    return rows.map((row) => ({ ...row, difference: differenceOf(email, row.email) }));
  }
}

/** A pattern for the e-mail with any tag. */
function tagged(email: string): string {
  return email.replaceAll(/[\\%_]/g, (character) => `\\${character}`).replace('@', '+%@');
}

function reasonsOf({ status, team_status, team_id, permissions, presence, open, capacity }: DiagnosedRow) {
  const canReply = permissions.includes('inbox.reply');
  return reasonsAgainst({ status, teamStatus: team_status, canReply, presence, open, capacity, teamId: team_id });
}
