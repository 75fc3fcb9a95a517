import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { forgetDrafts } from '../inbox/drafts.js';
import { endIfOver, onSessionChange } from '../session/session.js';

/** What was read from the server. The client library retries what may be; a session that is over ends here. */
export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError: (error) => void endIfOver(error) }),
  mutationCache: new MutationCache({ onError: (error) => void endIfOver(error) }),
  defaultOptions: { queries: { retry: false, staleTime: 5_000 }, mutations: { retry: false } },
});

// Whoever is here next may be somebody else, who may see less.
onSessionChange(() => {
  queryClient.clear();
  forgetDrafts();
});
