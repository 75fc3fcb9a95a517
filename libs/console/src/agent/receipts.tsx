import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Id } from '#client';
import { useMoment } from '../design/format.js';
import { Empty, Failure, Loading } from '../design/states.js';
import { ReceiptChecklist } from '../offboard/receipt-checklist.js';
import { useCauseText } from '../offboard/use-cause-text.js';
import { explain } from '../session/problem-text.js';
import { muster } from '../session/session.js';
import css from './agent.module.css';

/** The proofs of what was taken away, the newest first. */
export function Receipts({ agentId }: { agentId: Id }) {
  const { t } = useTranslation();
  const moment = useMoment();
  const cause = useCauseText();
  const { data, error, refetch } = useQuery({
    queryKey: ['receipts', agentId],
    queryFn: () => muster.agents.receipts(agentId, { limit: 50 }),
  });
  if (error) return <Failure title={t('error.load')} detail={explain(error)} onRetry={() => void refetch()} />;
  if (!data) return <Loading />;
  if (data.data.length === 0) return <Empty title={t('agent.noReceipts')} />;
  return (
    <ol className={css.receipts}>
      {data.data.map((receipt) => (
        <li key={receipt.id}>
          <details>
            <summary>
              <b>{cause(receipt.cause)}</b>
              <time className="muted" dateTime={receipt.at}>
                {moment(receipt.at)}
              </time>
            </summary>
            <ReceiptChecklist receipt={receipt} />
          </details>
        </li>
      ))}
    </ol>
  );
}
