import {
  type InfiniteData,
  keepPreviousData,
  type QueryClient,
  useInfiniteQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { useMemo } from 'react';
import type { AgentView, Id, Page } from '#client';
import { muster } from '../session/session.js';
import { type AgentsQuery, paramsOf } from './agents-query.js';

const PAGE = 100;
export const AGENTS = 'agents';
const REFETCH_MS = 30_000;

type Pages = InfiniteData<Page<AgentView>, string | null>;

/** The agents that the query asks for, page by page as one scrolls. */
export function useAgents(query: AgentsQuery) {
  const params = paramsOf(query);
  const found = useInfiniteQuery({
    queryKey: [AGENTS, 'list', params],
    queryFn: ({ pageParam, signal }) =>
      muster.agents.list({ ...params, limit: PAGE, ...(pageParam && { cursor: pageParam }) }, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ page }) => page.next,
    placeholderData: keepPreviousData,
    refetchInterval: REFETCH_MS,
  });
  const agents = useMemo(() => found.data?.pages.flatMap(({ data }) => data) ?? [], [found.data]);
  return { ...found, agents };
}

/** Changes what is shown of an agent, wherever it is; answers with how to take that back. */
export function patchAgent(client: QueryClient, id: Id, change: (agent: AgentView) => AgentView): () => void {
  const before = client.getQueriesData<Pages>({ queryKey: [AGENTS, 'list'] });
  client.setQueriesData<Pages>({ queryKey: [AGENTS, 'list'] }, (pages) => pages && mapPages(pages, id, change));
  return () => before.forEach(([key, data]) => client.setQueryData(key, data));
}

/** Reads agents and teams again: something about them was changed. */
export function useRefreshAgents(): () => Promise<void> {
  const client = useQueryClient();
  return async () => {
    await Promise.all(
      [AGENTS, 'teams', 'receipts', 'timeline'].map((key) => client.invalidateQueries({ queryKey: [key] })),
    );
  };
}

function mapPages(pages: Pages, id: Id, change: (agent: AgentView) => AgentView): Pages {
  return {
    ...pages,
    pages: pages.pages.map((page) => ({ ...page, data: page.data.map((one) => (one.id === id ? change(one) : one)) })),
  };
}
