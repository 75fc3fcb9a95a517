import { useQuery } from '@tanstack/react-query';
import { everyPage, type Id, type PresenceTimelineEntry } from '#client';
import { muster } from '../session/session.js';

/** Presence since `from`, the newest first, with what lasted then. */
export function usePresenceHistory(agentId: Id, from: string) {
  return useQuery({
    queryKey: ['presence-history', agentId, from],
    queryFn: ({ signal }) => historySince(agentId, Date.parse(from), signal),
    staleTime: Infinity,
  });
}

async function historySince(agentId: Id, from: number, signal: AbortSignal): Promise<PresenceTimelineEntry[]> {
  const found: PresenceTimelineEntry[] = [];
  const pages = everyPage((params) => muster.agents.timeline(agentId, { ...params, kind: 'presence' }, { signal }), {
    limit: 200,
  });
  for await (const entry of pages) {
    if (entry.kind !== 'presence') continue;
    found.push(entry);
    if (Date.parse(entry.at) <= from) break;
  }
  return found;
}
