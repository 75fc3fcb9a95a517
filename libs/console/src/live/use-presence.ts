import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { Availability, InboxConnection, PresenceView } from '#client';
import { muster } from '../session/session.js';
import { useMe } from '../session/use-me.js';

/** Somebody else may set it, on another node: it is looked for this often. */
const LOOK_EVERY_MS = 10_000;
/** The connection is there a moment before it makes the agent connected. */
const SOON_MS = 1_000;

const key = (agentId: string) => ['presence', agentId];

/** One's own presence, and how to set it through the inbox's connection. */
export function usePresence(connection: InboxConnection | null) {
  const { id } = useMe().agent;
  const client = useQueryClient();
  const { data: presence } = useQuery({
    queryKey: key(id),
    queryFn: ({ signal }) => muster.agents.presence(id, { signal }),
    refetchInterval: ({ state }) =>
      connection?.current.status === 'live' && state.data?.connected === false ? SOON_MS : LOOK_EVERY_MS,
  });
  useEffect(
    () => connection?.subscribe(() => void client.invalidateQueries({ queryKey: key(id) })),
    [client, connection, id],
  );
  const set = useMutation({
    mutationFn: async (availability: Availability) => {
      if (!connection) throw new Error('not connected');
      return connection.setPresence(availability);
    },
    onSuccess: (now) => client.setQueryData<PresenceView>(key(id), now),
    onSettled: () => client.invalidateQueries({ queryKey: key(id) }),
  });
  return { presence, set };
}
