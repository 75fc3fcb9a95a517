/**
 * The inbox's connection: while it is up, the agent is connected.
 *
 * Guarantees: it is opened by the first screen of the inbox and stays, whatever other screen is looked at, until the
 * window is closed, the session ends, or the right to read the inbox is taken away.
 */
import {
  createContext,
  type ReactNode,
  useContext,
  useEffect,
  useEffectEvent,
  useMemo,
  useState,
  useSyncExternalStore,
} from 'react';
import { connectInbox, type InboxConnection, type LiveStatus } from '#client';
import { muster } from '../session/session.js';
import { useMay, useTakeRights } from '../session/use-me.js';
import { followAuthority } from './follow-authority.js';

interface Held {
  connection: InboxConnection | null;
  open: () => void;
}

const Inbox = createContext<Held>({ connection: null, open: () => undefined });

export function LiveInbox({ children }: { children: ReactNode }) {
  const mayRead = useMay('inbox.read');
  const [isWanted, setWanted] = useState(false);
  const [connection, setConnection] = useState<InboxConnection | null>(null);
  const takeRights = useEffectEvent(useTakeRights());

  useEffect(() => {
    if (!mayRead || !isWanted) return;
    const opened = connectInbox(muster);
    const stop = followAuthority(opened, (changed) => takeRights(changed));
    setConnection(opened);
    return () => {
      stop();
      setConnection(null);
      opened.close();
    };
  }, [mayRead, isWanted]);

  const held = useMemo(() => ({ connection, open: () => setWanted(true) }), [connection]);
  return <Inbox value={held}>{children}</Inbox>;
}

/** The connection to the inbox, opened if it isn't; null for the moment before. */
export function useInbox(): InboxConnection | null {
  const { connection, open } = useContext(Inbox);
  useEffect(open, [open]);
  return connection;
}

/** The connection to the inbox if it was opened. */
export function useOpenInbox(): InboxConnection | null {
  return useContext(Inbox).connection;
}

/** How the connection is. */
export function useInboxStatus(connection: InboxConnection | null): LiveStatus {
  return useSyncExternalStore(
    (listener) => connection?.subscribe(listener) ?? nothing,
    () => connection?.current.status ?? 'connecting',
  );
}

const nothing = (): void => undefined;
