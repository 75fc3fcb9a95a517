import { useQuery } from '@tanstack/react-query';
import type { Id } from '#client';
import { muster } from '../session/session.js';

export const WEBHOOKS = ['webhooks'] as const;

export function useWebhooks() {
  return useQuery({ queryKey: WEBHOOKS, queryFn: () => muster.webhooks.list({ limit: 200 }) });
}

/** What was sent to an endpoint lately; looked at again while it is shown. */
export function useDeliveries(id: Id) {
  return useQuery({
    queryKey: [...WEBHOOKS, id, 'deliveries'],
    queryFn: () => muster.webhooks.deliveries(id, { limit: 50 }),
    refetchInterval: 2_000,
  });
}
