import { useTranslation } from 'react-i18next';
import { Empty } from '../design/states.js';
import { type AgentsQuery, isFiltered } from './agents-query.js';

export function NoAgents({ query, onClear }: { query: AgentsQuery; onClear: () => void }) {
  const { t } = useTranslation();
  if (!isFiltered(query)) return <Empty title={t('agents.none')}>{t('agents.noneHelp')}</Empty>;
  return (
    <Empty title={t('agents.noMatch')}>
      <button type="button" className="text-button" onClick={onClear}>
        {t('agents.clear')}
      </button>
    </Empty>
  );
}
