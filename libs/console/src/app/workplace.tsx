/** Everything for somebody signed in: the frame, the live connection, and the screens, each loaded when it is opened. */
import { type ReactNode, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { BrowserRouter, Navigate, Route, Routes } from 'react-router';
import { loadScreenWords } from '../i18n/languages.js';
import { LiveDashboard } from '../live/live-dashboard.js';
import { LiveInbox } from '../live/live-inbox.js';
import { explain } from '../session/problem-text.js';
import { MeProvider, meQuery, useMe, useMeQuery } from '../session/use-me.js';
import { Failure, Loading } from '../design/states.js';
import { type Later, later } from './later.js';
import { homeOf, mayAny, type ModuleKey, MODULES } from './modules.js';
import { NoPermission, NotFound } from './plain-pages.js';
import { queryClient } from './query-client.js';
import { Notices, Shell } from './shell.js';

type Load = () => Promise<{ default: () => ReactNode }>;

/** A screen that isn't the first one: loaded when it is opened, with its words, and with what says what was not done. */
function screen(load: Load): Later {
  return later(async () => {
    // Notices are needed most when nothing can be fetched any more; a screen is shown without them, too.
    Notices.load().catch(() => undefined);
    return (await Promise.all([load(), loadScreenWords()]))[0];
  });
}

const SCREENS: Record<ModuleKey, Later> = {
  floor: later(() => import('../floor/floor-page.js')),
  inbox: screen(() => import('../inbox/inbox-page.js')),
  alerts: screen(() => import('../alerts/alerts-page.js')),
  agents: screen(() => import('../agents/agents-page.js')),
  teams: screen(() => import('../teams/teams-page.js')),
  reports: screen(() => import('../reports/reports-page.js')),
  audit: screen(() => import('../audit/audit-page.js')),
  connections: screen(() => import('../connections/connections-page.js')),
};
const AgentPage = screen(() => import('../agent/agent-page.js'));
const AccountPage = screen(() => import('../account/account-page.js'));

/** Loads the screen of the address the browser is at. */
export async function loadFirstScreen(): Promise<void> {
  const path = location.pathname.replace(/^\/console\/?/, '/');
  const at = path === '/' ? homeOf((await queryClient.ensureQueryData(meQuery)).permissions) : path;
  await screenAt(at)?.load();
}

function screenAt(path: string): Later | undefined {
  if (path.startsWith('/agents/')) return AgentPage;
  if (path.startsWith('/account')) return AccountPage;
  const module = MODULES.find((one) => path.startsWith(one.path));
  return module && SCREENS[module.key];
}

export default function Workplace() {
  const { t } = useTranslation();
  const { data: me, error, refetch } = useMeQuery();
  if (me) {
    return (
      <MeProvider value={me}>
        <LiveDashboard>
          <LiveInbox>
            <BrowserRouter basename="/console">
              <Shell>
                <Suspense fallback={<Loading />}>
                  <Screens />
                </Suspense>
              </Shell>
            </BrowserRouter>
          </LiveInbox>
        </LiveDashboard>
      </MeProvider>
    );
  }
  if (error) return <Failure title={t('error.start')} detail={explain(error)} onRetry={() => void refetch()} />;
  return <Loading />;
}

function Screens() {
  const { permissions } = useMe();
  return (
    <Routes>
      <Route path="/" element={<Navigate to={homeOf(permissions)} replace />} />
      {MODULES.map(({ key, path }) => {
        const Screen = SCREENS[key];
        return (
          <Route
            key={key}
            path={path}
            element={
              <Guarded module={key}>
                <Screen />
              </Guarded>
            }
          />
        );
      })}
      <Route
        path="/inbox/:id"
        element={
          <Guarded module="inbox">
            <SCREENS.inbox />
          </Guarded>
        }
      />
      <Route
        path="/agents/:id"
        element={
          <Guarded module="agents">
            <AgentPage />
          </Guarded>
        }
      />
      <Route
        path="/teams/:id"
        element={
          <Guarded module="teams">
            <SCREENS.teams />
          </Guarded>
        }
      />
      <Route path="/account" element={<AccountPage />} />
      <Route path="*" element={<NotFound />} />
    </Routes>
  );
}

function Guarded({ module, children }: { module: ModuleKey; children: ReactNode }) {
  const { permissions } = useMe();
  const any = MODULES.find(({ key }) => key === module)?.any ?? [];
  return mayAny(permissions, any) ? children : <NoPermission needs={any} />;
}
