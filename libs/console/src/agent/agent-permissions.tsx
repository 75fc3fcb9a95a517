import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Id } from '#client';
import { Empty, Failure, Loading } from '../design/states.js';
import { explain } from '../session/problem-text.js';
import { muster } from '../session/session.js';
import css from './agent.module.css';

/** What the agent may do now, and where each right comes from. */
export function AgentPermissions({ agentId }: { agentId: Id }) {
  const { t } = useTranslation();
  const { data, error, refetch } = useQuery({
    queryKey: ['agents', 'permissions', agentId],
    queryFn: () => muster.agents.permissions(agentId),
  });
  if (error) return <Failure title={t('error.load')} detail={explain(error)} onRetry={() => void refetch()} />;
  if (!data) return <Loading />;
  if (data.data.length === 0) return <Empty title={t(`agent.standing.${data.standing}`)} />;
  return (
    <table className={css.table}>
      <caption className="muted">
        {t('agent.permissionsOf', { team: data.team.name, version: data.blueprintVersion })}
      </caption>
      <thead>
        <tr className="label">
          <th scope="col">{t('agent.permission')}</th>
          <th scope="col">{t('agent.from')}</th>
        </tr>
      </thead>
      <tbody>
        {data.data.map(({ key, source }) => (
          <tr key={key}>
            <th scope="row" className="mono">
              {key}
            </th>
            <td>{source.name}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
