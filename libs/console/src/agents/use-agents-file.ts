import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { complain } from '../design/notify.js';
import { saveFile } from '../design/save-file.js';
import { muster } from '../session/session.js';
import { type AgentsQuery, filtersOf } from './agents-query.js';

/** Saves all agents that the filters leave as a file, which an import takes back. */
export function useAgentsFile(query: AgentsQuery) {
  const { t } = useTranslation();
  return useMutation({
    mutationFn: async () => {
      const stream = await muster.agents.exportCsv(filtersOf(query));
      await saveFile(stream, `muster-agents-${new Date().toISOString().slice(0, 10)}.csv`);
    },
    onError: (error) => complain(t('error.failed'), error),
  });
}
