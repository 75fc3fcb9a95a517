/**
 * What the authorities of colleagues have in common, held once: a node has thousands of sockets, few teams.
 *
 * Who calls: whoever keeps an authority with a socket. Guaranteed: `of` equals what it was given; nothing is taken over
 * but what is equal. Must never happen: a right that comes from somebody else's authority.
 */
import type { Authority } from './authority.js';

export class CommonAuthority {
  /** By team: the authority that came last. */
  private readonly latest = new Map<string, Authority>();

  /** The same authority, of as few objects as can be. */
  of(authority: Authority): Authority {
    const known = this.latest.get(authority.teamId);
    const shared = known ? sharing(known, authority) : authority;
    this.latest.set(shared.teamId, shared);
    return shared;
  }
}

function sharing(known: Authority, authority: Authority): Authority {
  const { workspace, permissions, teamName } = authority;
  const isSameWorkspace = known.workspace.slug === workspace.slug && known.workspace.name === workspace.name;
  return {
    ...authority,
    workspaceId: known.workspaceId === authority.workspaceId ? known.workspaceId : authority.workspaceId,
    workspace: isSameWorkspace ? known.workspace : workspace,
    teamId: known.teamId,
    teamName: known.teamName === teamName ? known.teamName : teamName,
    permissions: isSameSet(known.permissions, permissions) ? known.permissions : permissions,
  };
}

/** Whether both hold the same. */
export function isSameSet<T>(a: ReadonlySet<T>, b: ReadonlySet<T>): boolean {
  return a.size === b.size && a.isSubsetOf(b);
}
