import { useTranslation } from 'react-i18next';
import type { WebhookMessage } from '#client';
import { useActionText } from '../audit/use-action-text.js';
import css from './connections.module.css';

/** What an event is called: an action as the audit log calls it, else in words of its own. */
export function useEventText(): (event: WebhookMessage) => string {
  const { t } = useTranslation();
  const actionText = useActionText();
  return (event) => {
    switch (event) {
      case 'alert.raised':
      case 'alert.cleared':
      case 'webhook.test':
        return t(`webhooks.eventNames.${event}`);
      default:
        return actionText(event);
    }
  };
}

/** An event in words, and below them as the other side is told. */
export function EventName({ event }: { event: WebhookMessage }) {
  const eventText = useEventText();
  return (
    <span className={css.event}>
      {eventText(event)}
      <small className="mono muted ltr">{event}</small>
    </span>
  );
}
