/** A team as it is being changed. Pure. */
import type { Lifecycle, Permission, PermissionModule, ReleasePolicy, TeamView, UpdateTeamRequest } from '#client';
import { isSame, ordered } from './blueprint.js';

export interface TeamDraft {
  name: string;
  description: string;
  status: Lifecycle;
  capacity: string;
  autoAssign: boolean;
  releasePolicy: ReleasePolicy;
  permissions: ReadonlySet<Permission>;
}

/** A draft with the team it was begun from. */
export interface Begun {
  readonly base: TeamView;
  readonly draft: TeamDraft;
}

export function draftOf({
  name,
  description,
  status,
  capacity,
  autoAssign,
  releasePolicy,
  permissions,
}: TeamView): TeamDraft {
  return {
    name,
    description: description ?? '',
    status,
    capacity: String(capacity),
    autoAssign,
    releasePolicy,
    permissions: new Set(permissions),
  };
}

/** What saving asks for: what differs. Only of a draft with which nothing is wrong. */
export function requestOf({ base, draft }: Begun, modules: readonly PermissionModule[]): UpdateTeamRequest {
  const name = draft.name.trim();
  const description = draft.description.trim() || null;
  const capacity = Number(draft.capacity);
  return {
    ...(name !== base.name && { name }),
    ...(description !== base.description && { description }),
    ...(draft.status !== base.status && { status: draft.status }),
    ...(capacity !== base.capacity && { capacity }),
    ...(draft.autoAssign !== base.autoAssign && { autoAssign: draft.autoAssign }),
    ...(draft.releasePolicy !== base.releasePolicy && { releasePolicy: draft.releasePolicy }),
    ...(!isSame(new Set(base.permissions), draft.permissions) && { permissions: ordered(modules, draft.permissions) }),
  };
}

/** Which fields can't be saved as they are. */
export function wrongIn({ name, capacity }: TeamDraft): ('name' | 'capacity')[] {
  const wrong: ('name' | 'capacity')[] = [];
  if (!name.trim()) wrong.push('name');
  if (!/^\d{1,4}$/.test(capacity.trim()) || Number(capacity) > 1_000) wrong.push('capacity');
  return wrong;
}

/** Whether there is anything to save or to mend; a space at the end of a name is neither. */
export function isChanged(begun: Begun): boolean {
  return wrongIn(begun.draft).length > 0 || Object.keys(requestOf(begun, [])).length > 0;
}
