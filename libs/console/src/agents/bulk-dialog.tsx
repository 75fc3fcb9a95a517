import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { BulkAgentsChange, BulkAgentsResult, TeamView } from '#client';
import { Dialog } from '../design/dialogs.js';
import { EffectView } from '../design/effect.js';
import { Loading } from '../design/states.js';
import { ReceiptChecklist } from '../offboard/receipt-checklist.js';
import { explain, explainRefusal } from '../session/problem-text.js';
import { muster } from '../session/session.js';
import { useRefreshAgents } from './use-agents.js';

interface Props {
  ids: string[];
  change: BulkAgentsChange;
  teams: TeamView[];
  onClose: () => void;
  onDone: () => void;
}

/** One change for many: what it would do, then what became of each. */
export function BulkDialog({ ids, change, teams, onClose, onDone }: Props) {
  const { t } = useTranslation();
  const refresh = useRefreshAgents();
  const rehearsal = useQuery({
    queryKey: ['rehearse', 'bulk', ids, change],
    queryFn: () => muster.agents.rehearse.bulk({ ids, set: change }),
    gcTime: 0,
    staleTime: Infinity,
  });
  const write = useMutation({ mutationFn: () => muster.agents.bulk({ ids, set: change }), onSettled: refresh });
  const close = (): void => (write.data ? onDone() : onClose());
  const refused = (write.data?.results ?? rehearsal.data?.results ?? []).filter(({ ok }) => !ok);
  const error = rehearsal.error ?? write.error;
  const team = teams.find(({ id }) => id === change.teamId)?.name ?? '';
  const key = change.teamId
    ? 'move'
    : change.hidePhone
      ? 'hidePhone'
      : change.status === 'active'
        ? 'activate'
        : 'deactivate';
  return (
    <Dialog opened onClose={close} title={t(`bulk.titles.${key}`, { count: ids.length, team })} size="lg">
      <div className="stack">
        {rehearsal.isPending && <Loading />}
        {!write.data && rehearsal.data && <EffectView effect={rehearsal.data.effect} />}
        {write.data && <p>{t('bulk.done', { done: ids.length - refused.length, count: ids.length })}</p>}
        {write.data?.receipt && <ReceiptChecklist receipt={write.data.receipt} />}
        {refused.length > 0 && <Refused results={refused} />}
        {error && (
          <p role="alert" className="alert">
            {explain(error)}
          </p>
        )}
        <div className="buttons">
          <Button variant="default" onClick={close}>
            {t(write.data ? 'close' : 'cancel')}
          </Button>
          {!write.data && (
            <Button
              {...(key === 'deactivate' && { color: 'red', 'data-danger': true })}
              loading={write.isPending}
              disabled={!rehearsal.data || refused.length === ids.length}
              onClick={() => write.mutate()}
            >
              {t('bulk.do', { count: ids.length - refused.length })}
            </Button>
          )}
        </div>
      </div>
    </Dialog>
  );
}

function Refused({ results }: { results: BulkAgentsResult[] }) {
  const { t } = useTranslation();
  const reasons = Map.groupBy(results, ({ error }) => (error ? explainRefusal(error) : ''));
  return (
    <section className="alert">
      <b>{t('bulk.refused', { count: results.length })}</b>
      <ul>
        {[...reasons].map(([reason, some]) => (
          <li key={reason}>
            {some.length} × {reason}
          </li>
        ))}
      </ul>
    </section>
  );
}
