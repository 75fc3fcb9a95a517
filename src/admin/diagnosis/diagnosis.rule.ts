/** What keeps somebody from logging in or from getting work, in sentences that say what to do: pure rules. */
import type { DiagnosisCheck, DiagnosisCheckName, NotAssignableReason, SimilarAgent } from '#contracts';
import type { DiagnosedRow } from './diagnosis.queries.js';

/** Everything that was found out about an agent. */
export interface Facts {
  row: DiagnosedRow;
  now: Date;
  /** For how many seconds logins from new places are refused; 0: they are not. */
  lockedForS: number;
  reasons: NotAssignableReason[];
}

type Verdict = Omit<DiagnosisCheck, 'check'>;

const fine = (detail: string): Verdict => ({ ok: true, detail, remedy: null });
const wrong = (detail: string, remedy: string): Verdict => ({ ok: false, detail, remedy });

/** All checks of an agent that was found. */
export function checksOf(facts: Facts, asked: string): DiagnosisCheck[] {
  const verdicts: [DiagnosisCheckName, Verdict][] = [
    ['email', emailOf(facts, asked)],
    ['agent_status', agentStatusOf(facts)],
    ['team_status', teamStatusOf(facts)],
    ['password', passwordOf(facts)],
    ['lock_out', lockOutOf(facts)],
    ['sessions', sessionsOf(facts)],
    ['inbox', permissionOf(facts, 'inbox.read', 'open the inbox')],
    ['dashboard', permissionOf(facts, 'dashboard.view', 'watch the live dashboard')],
    ['sync', syncOf(facts)],
    ['assignable', assignableOf(facts)],
  ];
  return verdicts.map(([check, verdict]) => ({ check, ...verdict }));
}

/** Whether a login with the right password succeeds now. */
export function canLogin({ row, lockedForS }: Facts): boolean {
  return row.status === 'active' && row.team_status === 'active' && row.has_password && lockedForS === 0;
}

/** The one check of an e-mail that nobody has. */
export function unknownEmail(
  asked: string,
  similar: readonly SimilarAgent[],
  deleted: { name: string; deleted_at: Date } | null,
): DiagnosisCheck {
  const nearest = similar.map(({ name, email }) => `${email} (${name})`).join(', ');
  const hint = nearest ? `Near it: ${nearest}; log in with that.` : '';
  if (deleted) {
    const detail = `${deleted.name} had ${asked} and was deleted on ${day(deleted.deleted_at)}.`;
    const remedy = ['Create the agent again: the e-mail is free.', hint].filter(Boolean).join(' ');
    return { check: 'email', ...wrong(detail, remedy) };
  }
  const create = 'Create the agent with POST /api/v1/agents, or check the spelling.';
  return { check: 'email', ...wrong(`No agent of this workspace has ${asked}.`, hint || create) };
}

function emailOf({ row }: Facts, asked: string): Verdict {
  if (row.email === asked) return fine(`${row.email} is the e-mail of ${row.name}.`);
  return fine(`${row.name} is registered as ${row.email}; upper and lower case make no difference.`);
}

function agentStatusOf({ row }: Facts): Verdict {
  if (row.status === 'active') return fine('The agent is active.');
  return wrong(
    'The agent is inactive: no login, and nothing it holds works.',
    'Set the status of the agent to active.',
  );
}

function teamStatusOf({ row }: Facts): Verdict {
  if (row.team_status === 'active') return fine(`The team ${row.team_name} is active.`);
  return wrong(
    `The team ${row.team_name} is inactive: none of its agents can log in.`,
    'Activate the team, or move the agent to another one.',
  );
}

function passwordOf({ row, now }: Facts): Verdict {
  if (row.has_password) return fine('A password is set; if it is forgotten, it can be reset.');
  const again = 'Invite the agent again, or set a password with PATCH /api/v1/agents/:id.';
  if (!row.invited_until) return wrong('No password is set, and no invitation is open.', again);
  if (row.invited_until <= now) {
    return wrong(`No password is set, and the invitation ended on ${day(row.invited_until)}.`, again);
  }
  return wrong(
    'No password is set yet; the invitation is open.',
    `Ask the agent to accept the invitation before ${day(row.invited_until)}.`,
  );
}

function lockOutOf({ lockedForS }: Facts): Verdict {
  if (lockedForS === 0) return fine('No lock-out: there were not too many failed logins.');
  return wrong(
    `Too many failed logins: the next is tried in ${Math.ceil(lockedForS / 60)} minutes.`,
    'Wait, and check the password; it may also be reset.',
  );
}

function sessionsOf({ row }: Facts): Verdict {
  const last = row.last_login_at ? `the last login was on ${day(row.last_login_at)}` : 'there never was a login';
  const open = row.sessions === 1 ? 'One session is' : `${row.sessions || 'No'} sessions are`;
  return fine(`${open} open; ${last}.`);
}

function permissionOf({ row }: Facts, permission: string, what: string): Verdict {
  if (row.permissions.includes(permission)) return fine(`The team ${row.team_name} may ${what} (${permission}).`);
  return wrong(
    `The team ${row.team_name} may not ${what}: its blueprint has no ${permission}.`,
    `Grant ${permission} to the team if its agents need it, or move the agent to a team that has it.`,
  );
}

/** Rights hold from the next request on whatever this says: it is about what is derived from them. */
function syncOf({ row }: Facts): Verdict {
  const versions = `${row.synced_version} of ${row.blueprint_version}`;
  if (row.synced_version >= row.blueprint_version) {
    return fine(`Permissions are synced (version ${versions}). Saving the agent without a change syncs them again.`);
  }
  return wrong(
    `Permissions are being synced (version ${versions}); what the agent may do holds already.`,
    'Save the agent without a change (PATCH with an empty object) to force a sync; open pages then follow.',
  );
}

const ASSIGNABLE_REMEDIES: Record<NotAssignableReason, string> = {
  inactive: 'Set the status of the agent to active.',
  team_inactive: 'Activate the team, or move the agent.',
  no_reply_permission: 'Grant inbox.reply to the team, or move the agent to a team that has it.',
  offline: 'Ask the agent to open the inbox; see the checks above if that fails.',
  busy: 'Set the availability to available; the agent, or somebody with agents.presence, can.',
  away: 'Set the availability to available; the agent, or somebody with agents.presence, can.',
  at_capacity: 'Resolve or hand over conversations, or raise the capacity.',
  other_team: 'Ask for the agent’s own team.',
};

function assignableOf({ row, reasons }: Facts): Verdict {
  const load = `${row.open} of ${row.capacity} conversations are open`;
  if (reasons.length === 0) return fine(`Conversations can be assigned: ${row.presence}, ${load}.`);
  const remedies = [...new Set(reasons.map((reason) => ASSIGNABLE_REMEDIES[reason]))].join(' ');
  return wrong(`No conversation can be assigned now: ${reasons.join(', ')}; ${load}.`, remedies);
}

function day(at: Date): string {
  return `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
