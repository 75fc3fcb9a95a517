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
  type AlertView,
  connectDashboard,
  type DashboardConnection,
  type Id,
  type LiveAlerts,
  type LiveRoster,
  type LiveStatus,
  type RosterRow,
} from '#client';
import { muster } from '../session/session.js';
import { useMay, useTakeRights } from '../session/use-me.js';
import { followAuthority } from './follow-authority.js';
import { SharedView } from './shared-view.js';

interface LiveViews {
  connection: DashboardConnection;
  roster: SharedView<LiveRoster>;
  alerts: SharedView<LiveAlerts>;
}

const Shared = createContext<LiveViews | null>(null);

export function LiveDashboard({ children }: { children: ReactNode }) {
  const mayWatch = useMay('dashboard.view');
  const [shared, setShared] = useState<LiveViews | null>(null);
  const takeRights = useEffectEvent(useTakeRights());

  useEffect(() => {
    if (!mayWatch) return;
    const opened = connectDashboard(muster);
    const stop = followAuthority(opened, (changed) => takeRights(changed));
    const sharing = {
      connection: opened,
      roster: new SharedView(() => opened.roster()),
      alerts: new SharedView(() => opened.alerts()),
    };
    setShared(sharing);
    return () => {
      stop();
      setShared(null);
      sharing.roster.end();
      sharing.alerts.end();
      opened.close();
    };
  }, [mayWatch]);

  return <Shared value={shared}>{children}</Shared>;
}

/** The roster of the whole workspace, live for as long as something shows it; null for who may not watch it. */
export function useRoster(): LiveRoster | null {
  return useShared(useContext(Shared)?.roster ?? null);
}

/** How the live connection is; null for who may not watch. */
export function useLiveStatus(): LiveStatus | null {
  const connection = useContext(Shared)?.connection;
  return useSyncExternalStore(
    (listener) => connection?.subscribe(listener) ?? nothing,
    () => connection?.current.status ?? null,
  );
}

const NO_ALERTS: ReadonlyMap<Id, AlertView> = new Map();

/** The open alerts, live; none for who may not watch. `status` says how true that is. */
export function useOpenAlerts(): { status: LiveStatus; alerts: ReadonlyMap<Id, AlertView> } {
  const live = useShared(useContext(Shared)?.alerts ?? null);
  const state = useSyncExternalStore(
    (listener) => live?.subscribe(listener) ?? nothing,
    () => live?.current ?? null,
  );
  return { status: state?.status ?? 'connecting', alerts: state?.view?.alerts ?? NO_ALERTS };
}

function useShared<View extends { close(): void }>(shared: SharedView<View> | null): View | null {
  useEffect(() => shared?.hold(), [shared]);
  return useSyncExternalStore(
    (listener) => shared?.subscribe(listener) ?? nothing,
    () => shared?.current ?? null,
  );
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
