import { DirectionProvider, MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { Suspense, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { colorSchemeManager, theme } from '../design/theme.js';
import { directionOf } from '../i18n/languages.js';
import { LoginPage } from '../session/login-page.js';
import { PasswordPage } from '../session/password-page.js';
import { takeToken } from '../session/password-token.js';
import { useSession } from '../session/session.js';
import { meQuery } from '../session/use-me.js';
import { Loading } from '../design/states.js';
import { ErrorBoundary } from './error-boundary.js';
import { later } from './later.js';
import { queryClient } from './query-client.js';

const loadWorkplace = () => import('./workplace.js');
const Workplace = later(loadWorkplace);

/** For somebody signed in: who they are, and the screen they are at, all at the same time. */
export async function prepare(): Promise<void> {
  const who = queryClient.prefetchQuery(meQuery);
  await Promise.all([who, Workplace.load(), loadWorkplace().then((workplace) => workplace.loadFirstScreen())]);
}

/** The whole console: what everything in it shares, and whether somebody is signed in. */
export function App() {
  const { i18n } = useTranslation();
  return (
    // Mantine's own style elements are left out: the page's Content-Security-Policy refuses them. tokens.css has all.
    <MantineProvider
      theme={theme}
      colorSchemeManager={colorSchemeManager}
      defaultColorScheme="auto"
      withCssVariables={false}
      withGlobalClasses={false}
    >
      <DirectionProvider key={i18n.language} initialDirection={directionOf(i18n.language)} detectDirection={false}>
        <ErrorBoundary>
          <QueryClientProvider client={queryClient}>
            <Gate />
          </QueryClientProvider>
        </ErrorBoundary>
      </DirectionProvider>
    </MantineProvider>
  );
}

function Gate() {
  const { t } = useTranslation();
  const { isIn } = useSession();
  const [token, setToken] = useState(takeToken);
  const [note, setNote] = useState<string | null>(null);
  useEffect(() => {
    // While somebody types a password, what comes after it is fetched.
    void Workplace.load().catch(() => undefined);
  }, []);
  const finish = (): void => {
    setToken(null);
    setNote(t('password.done'));
  };
  if (token) return <PasswordPage token={token} onDone={finish} onLeave={() => setToken(null)} />;
  if (!isIn) return <LoginPage note={note} />;
  return (
    <Suspense fallback={<Loading />}>
      <Workplace />
    </Suspense>
  );
}
