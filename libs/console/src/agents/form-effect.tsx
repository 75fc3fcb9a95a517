import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { AgentView, UpdateAgentRequest } from '#client';
import { EffectView } from '../design/effect.js';
import { muster } from '../session/session.js';

/** Fields that change what an agent may do, or is given. */
const WEIGHTY = ['teamId', 'status', 'hidePhone'] as const;
const PAUSE_MS = 200;

/** What saving would do to the agent's access, while it is being decided. */
export function FormEffect({ agent, changes }: { agent: AgentView; changes: UpdateAgentRequest }) {
  const { t } = useTranslation();
  const weighty = JSON.stringify(
    Object.fromEntries(WEIGHTY.flatMap((key) => (key in changes ? [[key, changes[key]]] : []))),
  );
  const settled = useSettled(weighty);
  const { data } = useQuery({
    queryKey: ['rehearse', agent.id, settled],
    queryFn: async () =>
      (await muster.agents.rehearse.update(agent.id, JSON.parse(settled) as UpdateAgentRequest)).effect,
    enabled: settled !== '{}',
    placeholderData: keepPreviousData,
  });
  if (settled === '{}' || !data) return null;
  return (
    <section>
      <h3>{t('agents.effect')}</h3>
      <EffectView effect={data} />
    </section>
  );
}

function useSettled(value: string): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = window.setTimeout(() => setSettled(value), PAUSE_MS);
    return () => window.clearTimeout(timer);
  }, [value]);
  return settled;
}
