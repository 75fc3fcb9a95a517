import type { DashboardConnection, InboxConnection, PermissionsChanged } from '#client';
import { endSession } from '../session/session.js';

/** What closes only the connection: the session goes on with fewer rights. */
const RIGHTS_LOST = new Set(['permission_lost', 'permission_missing']);

/**
 * Takes over what a connection says about one's rights: those that were pushed, null where they have to be asked for.
 * A session that the server ends, ends here with its reason. The answer ends that.
 */
export function followAuthority(
  connection: DashboardConnection | InboxConnection,
  takeRights: (changed: PermissionsChanged | null) => void,
): () => void {
  const watched: Pick<InboxConnection, 'on' | 'subscribe' | 'current'> = connection as InboxConnection;
  const stop = [
    watched.on('permissions.changed', (changed) => takeRights(changed)),
    watched.subscribe(() => {
      const { closure } = watched.current;
      if (!closure || closure.code === 'closed_by_client') return;
      if (RIGHTS_LOST.has(closure.code)) takeRights(null);
      else endSession(closure);
    }),
  ];
  return () => stop.forEach((end) => end());
}
