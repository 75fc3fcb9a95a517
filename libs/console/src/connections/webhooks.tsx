import { Button, Switch } from '@mantine/core';
import { IconPencil, IconPlus, IconTrash } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { WebhookView } from '#client';
import { useMoment } from '../design/format.js';
import { IconButton } from '../design/icon-button.js';
import { complain, notify } from '../design/notify.js';
import { Empty, Failure, Loading } from '../design/states.js';
import { explain } from '../session/problem-text.js';
import { muster } from '../session/session.js';
import { Deliveries } from './deliveries.js';
import { useEventText } from './event-name.js';
import { DeleteDialog, RotateDialog } from './webhook-questions.js';
import { PartHead } from './part-head.js';
import { useWebhooks, WEBHOOKS } from './use-webhooks.js';
import { WebhookDialog } from './webhook-dialog.js';
import css from './connections.module.css';

type Task = { kind: 'edit' | 'rotate' | 'delete'; webhook: WebhookView } | { kind: 'create' };

/** Endpoints that events are sent to. */
export function Webhooks() {
  const { t } = useTranslation();
  const { data, error, refetch } = useWebhooks();
  const [task, setTask] = useState<Task | null>(null);
  const close = (): void => setTask(null);
  return (
    <>
      <PartHead help={t('webhooks.help')}>
        <Button size="xs" leftSection={<IconPlus size={15} />} onClick={() => setTask({ kind: 'create' })}>
          {t('webhooks.create')}
        </Button>
      </PartHead>
      {error && <Failure title={t('error.load')} detail={explain(error)} onRetry={() => void refetch()} />}
      {!data && !error && <Loading />}
      {data?.data.length === 0 && <Empty title={t('webhooks.none')}>{t('webhooks.noneHelp')}</Empty>}
      <ul className={css.items}>
        {data?.data.map((webhook) => (
          <Webhook key={webhook.id} webhook={webhook} onTask={(kind) => setTask({ kind, webhook })} />
        ))}
      </ul>
      {task?.kind === 'create' && <WebhookDialog webhook={null} onClose={close} />}
      {task?.kind === 'edit' && <WebhookDialog webhook={task.webhook} onClose={close} />}
      {task?.kind === 'rotate' && <RotateDialog webhook={task.webhook} onClose={close} />}
      {task?.kind === 'delete' && <DeleteDialog webhook={task.webhook} onClose={close} />}
    </>
  );
}

function Webhook({ webhook, onTask }: { webhook: WebhookView; onTask: (kind: 'edit' | 'rotate' | 'delete') => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const eventText = useEventText();
  const { id, url, description, enabled } = webhook;
  const settled = {
    onError: (error: unknown) => complain(t('error.failed'), error),
    onSettled: () => client.invalidateQueries({ queryKey: WEBHOOKS }),
  };
  const turn = useMutation({ mutationFn: () => muster.webhooks.update(id, { enabled: !enabled }), ...settled });
  const test = useMutation({
    mutationFn: () => muster.webhooks.test(id),
    onSuccess: () => notify(t('webhooks.tested')),
    ...settled,
  });
  return (
    <li className="card">
      <div className={css.head}>
        <h2 className={`ltr ${css.address}`}>{url}</h2>
        <span className={css.actions}>
          <Switch
            size="sm"
            checked={enabled}
            aria-label={t('webhooks.enabled', { url })}
            disabled={turn.isPending}
            onChange={() => turn.mutate()}
          />
          <IconButton label={t('webhooks.edit', { url })} onClick={() => onTask('edit')}>
            <IconPencil size={16} />
          </IconButton>
          <IconButton label={t('webhooks.delete', { url })} onClick={() => onTask('delete')}>
            <IconTrash size={16} />
          </IconButton>
        </span>
      </div>
      {description && <p className="muted">{description}</p>}
      <Condition webhook={webhook} />
      <ul className={css.chips}>
        {webhook.events.map((event) => (
          <li key={event} title={event}>
            {eventText(event)}
          </li>
        ))}
      </ul>
      <div className={css.actions}>
        <Button size="compact-xs" variant="default" loading={test.isPending} onClick={() => test.mutate()}>
          {t('webhooks.test')}
        </Button>
        <Button size="compact-xs" variant="default" onClick={() => onTask('rotate')}>
          {t('webhooks.rotate')}
        </Button>
      </div>
      <Deliveries webhookId={id} />
    </li>
  );
}

/** What is not as it should be, or is about to change. */
function Condition({ webhook: { disabledBecause, failingSince, previousSecretUntil } }: { webhook: WebhookView }) {
  const { t } = useTranslation();
  const moment = useMoment();
  return (
    <>
      {disabledBecause && <p className={css.warn}>{t(`webhooks.off.${disabledBecause}`)}</p>}
      {failingSince && <p className="alert">{t('webhooks.failingSince', { at: moment(failingSince) })}</p>}
      {previousSecretUntil && (
        <p className="muted">{t('webhooks.oldSecretUntil', { at: moment(previousSecretUntil) })}</p>
      )}
    </>
  );
}
