/** Which settings of an agent are about its access, and what may not be done with them: pure rules. */
import type { Permission, RevocationCause } from '#contracts';
import { beyond, type Rights } from '../access/blueprint.js';
import { ProblemException } from '../platform/errors/problem.exception.js';

/** What of an agent's settings decides its access. */
interface AccessSettings {
  teamId: string;
  status: 'active' | 'inactive';
  hidePhone: boolean;
}

/** Whether the change is about what the agent may do or see. */
export function touchesAccess(before: AccessSettings, after: AccessSettings): boolean {
  return before.teamId !== after.teamId || before.status !== after.status || before.hidePhone !== after.hidePhone;
}

/** Whether the change gives the agent their rights back: as much as handing them out. */
export function revives(before: { status: string }, values: { status?: string }): boolean {
  return before.status === 'inactive' && values.status === 'active';
}

/** How the change takes rights away; null: it doesn't. Another team counts whatever its blueprint says. */
export function takesAway(before: AccessSettings, after: AccessSettings): RevocationCause | null {
  if (before.status === 'active' && after.status === 'inactive') return 'agent_deactivated';
  if (before.teamId !== after.teamId) return 'agent_moved';
  if (!before.hidePhone && after.hidePhone) return 'phone_hidden';
  return null;
}

/** Nobody changes their own team, status or Hide Phone, or deletes themselves. */
export function refuseSelf(caller: { agentId: string }, agentId: string): void {
  if (caller.agentId === agentId) throw selfEdit();
}

export function selfEdit(): ProblemException {
  return new ProblemException('self_edit', 'Ask another administrator to change your own team, status or Hide Phone.');
}

/** Who may not see numbers lets nobody else see them: they could become whom they let. Null: they may. */
export function showsMore(caller: { hidePhone: boolean }, agent: { hidePhone: boolean }): ProblemException | null {
  if (!caller.hidePhone || agent.hidePhone) return null;
  return new ProblemException(
    'beyond_own_rights',
    "Customer numbers are hidden from you, so you can't let anybody else see them: leave Hide Phone on.",
  );
}

/** Throws 403 `beyond_own_rights`, as `showsMore` says. */
export function requireMayShow(caller: { hidePhone: boolean }, agent: { hidePhone: boolean }): void {
  const refusal = showsMore(caller, agent);
  if (refusal) throw refusal;
}

/** The refusal to put somebody into a team that can do more than the caller; null: it can't. */
export function doesMore(
  caller: { permissions: Rights },
  team: { permissions: Permission[] },
): ProblemException | null {
  const missing = beyond(caller.permissions, team.permissions);
  if (missing.length === 0) return null;
  return new ProblemException('beyond_own_rights', `This team can do what you can't: ${missing.join(', ')}.`, {
    permission: missing[0],
  });
}
