import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Id, WebhookDeliveryView } from '#client';
import { useMoment, useTime } from '../design/format.js';
import { Failure, Loading } from '../design/states.js';
import { explain } from '../session/problem-text.js';
import { EventName } from './event-name.js';
import { useDeliveries } from './use-webhooks.js';
import css from './connections.module.css';

/** What was sent to an endpoint, newest first, and what became of it. */
export function Deliveries({ webhookId }: { webhookId: Id }) {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t('webhooks.deliveries')}</summary>
      {isOpen && <List webhookId={webhookId} />}
    </details>
  );
}

function List({ webhookId }: { webhookId: Id }) {
  const { t } = useTranslation();
  const { data, error, refetch } = useDeliveries(webhookId);
  if (error) return <Failure title={t('error.load')} detail={explain(error)} onRetry={() => void refetch()} />;
  if (!data) return <Loading />;
  if (data.data.length === 0) return <p className="muted">{t('webhooks.noDeliveries')}</p>;
  return (
    <div className={css.wide} tabIndex={0} role="group" aria-label={t('webhooks.deliveries')}>
      <table className={css.deliveries}>
        <thead>
          <tr>
            {(['event', 'at', 'state', 'attempts', 'answer'] as const).map((name) => (
              <th key={name} scope="col">
                {t(`webhooks.${name}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {data.data.map((delivery) => (
            <Delivery key={delivery.id} delivery={delivery} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Delivery({ delivery }: { delivery: WebhookDeliveryView }) {
  const { t } = useTranslation();
  const moment = useMoment();
  const time = useTime();
  const { event, status, attempts, responseStatus, failure, occurredAt, nextAttemptAt } = delivery;
  return (
    <tr>
      <th scope="row">
        <EventName event={event} />
      </th>
      <td>{moment(occurredAt)}</td>
      <td className={status === 'failed' ? 'alert' : status === 'delivered' ? 'ok-text' : undefined}>
        {t(`webhooks.states.${status}`)}
        {nextAttemptAt && <span className="muted"> {t('webhooks.next', { at: time(nextAttemptAt) })}</span>}
      </td>
      <td>{attempts}</td>
      <td>
        {responseStatus} {failure && <span className="muted">{t(`webhooks.failures.${failure}`)}</span>}
      </td>
    </tr>
  );
}
