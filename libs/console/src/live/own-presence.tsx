import type { InboxConnection } from '#client';
import { usePresence } from './use-presence.js';

/** The shape of one's own presence, while the inbox is open. */
export default function OwnPresence({ connection }: { connection: InboxConnection }) {
  const { presence } = usePresence(connection);
  return presence ? <i className={`shape shape-${presence.state} own-presence`} /> : null;
}
