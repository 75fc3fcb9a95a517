import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { AgentView } from '#client';
import { complain, notify } from '../design/notify.js';
import { muster } from '../session/session.js';
import { AGENTS, useRefreshAgents } from './use-agents.js';

/** How long the sync state is looked at again after it was asked for. */
const LOOK_MS = 500;
const LOOKS = 10;

/** “Update Agent” with nothing changed: what is derived from the team's blueprint is brought to its version again. */
export function useForceSync() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const refresh = useRefreshAgents();
  return useMutation({
    mutationFn: async (agent: AgentView) => {
      const asked = agent.sync.syncedAt;
      await muster.agents.update(agent.id, {});
      return client.fetchQuery({
        queryKey: [AGENTS, 'synced', agent.id, Date.now()],
        queryFn: () => syncedAfter(agent.id, asked),
      });
    },
    onSuccess: (agent) => notify(t('agents.syncDone', { name: agent.name, version: agent.sync.syncedVersion })),
    onError: (error) => complain(t('error.failed'), error),
    onSettled: refresh,
  });
}

async function syncedAfter(id: string, before: string | null): Promise<AgentView> {
  for (let look = 0; ; look += 1) {
    const agent = await muster.agents.get(id);
    if (agent.sync.syncedAt !== before || look === LOOKS) return agent;
    await new Promise((resolve) => window.setTimeout(resolve, LOOK_MS));
  }
}
