import { Button, Switch } from '@mantine/core';
import { IconPencil, IconPlus, IconTrash } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ThresholdView } from '#client';
import { IconButton } from '../design/icon-button.js';
import { complain, notify } from '../design/notify.js';
import { Empty, Failure, Loading } from '../design/states.js';
import { explain } from '../session/problem-text.js';
import { muster } from '../session/session.js';
import { useConditionText } from './condition-text.js';
import { ThresholdDialog } from './threshold-dialog.js';
import css from './alerts.module.css';

export const THRESHOLDS = ['thresholds'] as const;

/** The limits: each can be switched off, changed and deleted. */
export function Thresholds() {
  const { t } = useTranslation();
  const { data, error, refetch } = useQuery({
    queryKey: THRESHOLDS,
    queryFn: () => muster.thresholds.list({ limit: 200 }),
  });
  const [editing, setEditing] = useState<ThresholdView | 'new' | null>(null);
  return (
    <section className={`card ${css.part}`}>
      <div className={css.head}>
        <h2>{t('alerts.thresholds')}</h2>
        <Button size="xs" leftSection={<IconPlus size={15} />} onClick={() => setEditing('new')}>
          {t('alerts.create')}
        </Button>
      </div>
      {error && <Failure title={t('error.load')} detail={explain(error)} onRetry={() => void refetch()} />}
      {!data && !error && <Loading />}
      {data?.data.length === 0 && <Empty title={t('alerts.none')}>{t('alerts.noneHelp')}</Empty>}
      <ul className={css.thresholds}>
        {data?.data.map((threshold) => (
          <Threshold key={threshold.id} threshold={threshold} onEdit={() => setEditing(threshold)} />
        ))}
      </ul>
      {editing && <ThresholdDialog threshold={editing === 'new' ? null : editing} onClose={() => setEditing(null)} />}
    </section>
  );
}

function Threshold({ threshold, onEdit }: { threshold: ThresholdView; onEdit: () => void }) {
  const { t } = useTranslation();
  const condition = useConditionText();
  const client = useQueryClient();
  const settled = {
    onError: (error: unknown) => complain(t('error.failed'), error),
    onSettled: () => client.invalidateQueries({ queryKey: THRESHOLDS }),
  };
  const { id, name, enabled, openAlerts } = threshold;
  const turn = useMutation({ mutationFn: () => muster.thresholds.update(id, { enabled: !enabled }), ...settled });
  const remove = useMutation({
    mutationFn: () => muster.thresholds.delete(id),
    onSuccess: () => notify(t('alerts.deleted', { name })),
    ...settled,
  });
  return (
    <li>
      <Switch
        size="sm"
        checked={enabled}
        aria-label={t('alerts.watched', { name })}
        disabled={turn.isPending}
        onChange={() => turn.mutate()}
      />
      <div>
        <b>{name}</b>
        {openAlerts > 0 && <span className="alert"> {t('alerts.openCount', { count: openAlerts })}</span>}
        <p className="muted">{condition(threshold)}</p>
      </div>
      <span className={css.actions}>
        <IconButton label={t('alerts.edit', { name })} onClick={onEdit}>
          <IconPencil size={16} />
        </IconButton>
        <IconButton label={t('alerts.delete', { name })} disabled={remove.isPending} onClick={() => remove.mutate()}>
          <IconTrash size={16} />
        </IconButton>
      </span>
    </li>
  );
}
