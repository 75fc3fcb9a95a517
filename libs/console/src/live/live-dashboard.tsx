/**
 * The live connection of the console: one socket on `/dashboard` for whoever may watch it, shared by all screens.
 *
 * Guarantees: pushed rights are taken over at once; a session that the server ends, ends here with its reason. Losing
 * only the right to watch closes the connection and nothing else.
 */
import {
  createContext,
  type ReactNode,
  useContext,
  useEffect,
  useEffectEvent,
  useState,
  useSyncExternalStore,
} from 'react';
import {
  connectDashboard,
  type DashboardConnection,
  type Id,
  type LiveRoster,
  type LiveStatus,
  type RosterRow,
} from '#client';
import { endSession, muster } from '../session/session.js';
import { useMay, useTakeRights } from '../session/use-me.js';

const Connection = createContext<DashboardConnection | null>(null);
const Roster = createContext<LiveRoster | null>(null);

/** What closes only the connection: the session goes on with fewer rights. */
const RIGHTS_LOST = new Set(['permission_lost', 'permission_missing']);

export function LiveDashboard({ children }: { children: ReactNode }) {
  const mayWatch = useMay('dashboard.view');
  const [connection, setConnection] = useState<DashboardConnection | null>(null);
  const [roster, setRoster] = useState<LiveRoster | null>(null);
  const takeRights = useEffectEvent(useTakeRights());

  useEffect(() => {
    if (!mayWatch) return;
    const opened = connectDashboard(muster);
    const stop = [
      opened.on('permissions.changed', (changed) => takeRights(changed)),
      opened.subscribe(() => {
        const { closure } = opened.current;
        if (!closure || closure.code === 'closed_by_client') return;
        if (RIGHTS_LOST.has(closure.code)) takeRights(null);
        else endSession(closure);
      }),
    ];
    setConnection(opened);
    setRoster(opened.roster());
    return () => {
      stop.forEach((end) => end());
      setConnection(null);
      setRoster(null);
      opened.close();
    };
  }, [mayWatch]);

  return (
    <Connection value={connection}>
      <Roster value={roster}>{children}</Roster>
    </Connection>
  );
}

export function useConnection(): DashboardConnection | null {
  return useContext(Connection);
}

/** The roster of the whole workspace; null for who may not watch it, and before the first connection. */
export function useRoster(): LiveRoster | null {
  return useContext(Roster);
}

const nothing = (): void => undefined;

/** One agent's live row, again when it changes; undefined for who may not watch, and while nothing is known. */
export function useRosterRow(id: Id): RosterRow | undefined {
  const roster = useRoster();
  return useSyncExternalStore(
    (listener) => roster?.subscribe(listener) ?? nothing,
    () => roster?.current.view?.rows.get(id),
  );
}

/** How true the roster is; changes rarely, unlike the roster. */
export function useLiveStatus(): LiveStatus {
  const roster = useRoster();
  return useSyncExternalStore(
    (listener) => roster?.subscribe(listener) ?? nothing,
    () => roster?.current.status ?? 'connecting',
  );
}
