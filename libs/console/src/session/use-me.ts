import { type QueryClient, queryOptions, useQuery, useQueryClient } from '@tanstack/react-query';
import { createContext, useContext } from 'react';
import type { Me, Permission, PermissionsChanged } from '#client';
import { mayAny } from '../app/modules.js';
import { muster } from './session.js';

const MeContext = createContext<Me | null>(null);
export const MeProvider = MeContext.Provider;

/** Without a live connection, changes of one's own rights are looked for this often. */
const LOOK_EVERY_MS = 15_000;

export const ME = ['me'] as const;
/** First parts of the keys under which what customers say and who they are is kept. */
export const ABOUT_CUSTOMERS = ['conversations', 'conversation', 'messages'] as const;

/** Who the caller is; asked for before the first screen is drawn, too. */
export const meQuery = queryOptions({
  queryKey: ME,
  queryFn: async ({ signal, client }) => {
    const me = await muster.me({ signal });
    const before = client.getQueryData<Me>(ME);
    // Rights that changed while nobody could tell us.
    if (before && !hasSameSight(before, me)) forgetCustomers(client);
    return me;
  },
});

export function useMeQuery() {
  return useQuery({ ...meQuery, refetchInterval: LOOK_EVERY_MS, refetchOnWindowFocus: 'always' });
}

/** The caller, as last heard of. */
export function useMe(): Me {
  const me = useContext(MeContext);
  if (!me) throw new Error('useMe is for what is shown to somebody signed in');
  return me;
}

/** Whether the caller has any of the permissions. */
export function useMay(...any: Permission[]): boolean {
  return mayAny(useMe().permissions, any);
}

/** Takes over rights that were pushed, and asks for the rest. */
export function useTakeRights(): (changed: PermissionsChanged | null) => void {
  const client = useQueryClient();
  return (changed) => {
    forgetCustomers(client);
    if (changed) client.setQueryData<Me>(ME, (me) => me && { ...me, ...changed });
    void client.invalidateQueries({ queryKey: ME });
  };
}

/** What is known of customers was seen under the rights before: it is gone from the screen until it is read anew. */
function forgetCustomers(client: QueryClient): void {
  for (const kind of ABOUT_CUSTOMERS) void client.resetQueries({ queryKey: [kind] });
}

function hasSameSight(before: Me, now: Me): boolean {
  const rights = ({ permissions }: Me): string => [...permissions].sort().join();
  return before.hidePhone === now.hidePhone && rights(before) === rights(now);
}
