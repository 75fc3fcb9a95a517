import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import i18next from 'i18next';
import { complain } from '../design/notify.js';
import { forgetDrafts } from '../inbox/drafts.js';
import { endIfOver, onSessionChange } from '../session/session.js';

/** Writes whose dialog or screen was left before they were through: nobody else tells that they failed. */
const left = new WeakSet<object>();

const mutationCache = new MutationCache({
  onError: (error, _variables, _result, mutation) => {
    const isOver = endIfOver(error);
    if (!isOver && left.has(mutation) && !mutation.options.onError) complain(i18next.t('error.failed'), error);
  },
});
mutationCache.subscribe(({ type, mutation }) => {
  if (type === 'observerRemoved') left.add(mutation);
  if (type === 'observerAdded') left.delete(mutation);
});

// Without a network, what is asked for fails at once and says so. Kept until there is one again, a write would be
// carried out when nobody expects it any more.
const networkMode = 'always';

/** What was read from the server. The client library retries what may be; a session that is over ends here. */
export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError: (error) => void endIfOver(error) }),
  mutationCache,
  defaultOptions: {
    queries: { retry: false, staleTime: 5_000, networkMode, refetchOnReconnect: true },
    mutations: { retry: false, networkMode },
  },
});

// Whoever is here next may be somebody else, who may see less.
onSessionChange(() => {
  queryClient.clear();
  forgetDrafts();
});
