import { useQuery } from '@tanstack/react-query';
import type { Id, Receipt } from '#client';
import { muster } from '../session/session.js';

const LOOK_EVERY_MS = 400;

/** The receipt, looked at again until every node has answered for itself. */
export function useReceipt(agentId: Id, first: Receipt | null): Receipt | null {
  const { data } = useQuery({
    queryKey: ['receipts', agentId, 'one', first?.id],
    queryFn: async () =>
      (await muster.agents.receipts(agentId, { limit: 20 })).data.find(({ id }) => id === first?.id) ?? first,
    enabled: first?.enforcement === 'pending',
    refetchInterval: ({ state }) => (state.data?.enforcement === 'complete' ? false : LOOK_EVERY_MS),
  });
  return data ?? first;
}
