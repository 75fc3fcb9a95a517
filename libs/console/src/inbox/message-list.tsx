import { IconAlertTriangle, IconCheck, IconChecks, IconClock } from '@tabler/icons-react';
import { useLayoutEffect, useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { Id, MessageStatus, MessageView } from '#client';
import { useDay, useTime } from '../design/format.js';
import { Empty, Failure, Loading } from '../design/states.js';
import { explain } from '../session/problem-text.js';
import { inOrder } from './message-log.js';
import { NotCurrent } from './not-current.js';
import { useMessages } from './use-conversations.js';
import css from './messages.module.css';

/** What was said, the newest at the bottom, where one stays unless one has scrolled up. */
export function MessageList({ id, isPushed }: { id: Id; isPushed: boolean }) {
  const { t } = useTranslation();
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useMessages(id, isPushed);
  const messages = useMemo(() => (data ? inOrder(data) : []), [data]);
  const list = useStickyEnd(messages.at(-1)?.id);
  return (
    <>
      {error && data && <NotCurrent error={error} onRetry={() => void refetch()} />}
      <div className={css.messages} ref={list} role="log" aria-label={t('inbox.messages')} tabIndex={0}>
        {error && !data && <Failure title={t('error.load')} detail={explain(error)} onRetry={() => void refetch()} />}
        {!data && !error && <Loading />}
        {data && messages.length === 0 && <Empty title={t('inbox.noMessages')} />}
        {hasNextPage && (
          <button
            type="button"
            className={`text-button ${css.older}`}
            disabled={isFetchingNextPage}
            onClick={() => void fetchNextPage()}
          >
            {t('older')}
          </button>
        )}
        <ol>
          {messages.map((message, n) => (
            <Message key={message.id} message={message} before={messages[n - 1]} />
          ))}
        </ol>
      </div>
    </>
  );
}

const NEAR_PX = 120;

/** Keeps the end in sight when something is added there, unless somebody reads further up. */
function useStickyEnd(last: Id | undefined) {
  const list = useRef<HTMLDivElement>(null);
  const height = useRef(0);
  useLayoutEffect(() => {
    const element = list.current;
    if (!element) return;
    const fromEnd = height.current - element.scrollTop - element.clientHeight;
    if (height.current === 0 || fromEnd < NEAR_PX) element.scrollTop = element.scrollHeight;
    height.current = element.scrollHeight;
  }, [last]);
  return list;
}

function Message({ message, before }: { message: MessageView; before: MessageView | undefined }) {
  const { t } = useTranslation();
  const day = useDay();
  const time = useTime();
  const { direction, agent, kind, text, at, failure } = message;
  const isNewDay = !before || day(before.at) !== day(at);
  return (
    <>
      {isNewDay && (
        <li className={css.day}>
          <time dateTime={at}>{day(at)}</time>
        </li>
      )}
      <li className={css.message} data-direction={direction} data-status={message.status} data-testid="message">
        <div className={css.bubble}>
          {kind !== 'text' && <span className={css.kind}>{t(`inbox.kinds.${kind}`)}</span>}
          {text !== null && (
            <p dir="auto" className={css.text}>
              {text}
            </p>
          )}
          {text === null && kind === 'text' && <p className="muted">{t('inbox.erased')}</p>}
        </div>
        <p className={css.meta}>
          {direction === 'outbound' && (
            <span>
              <bdi>{agent?.name ?? t('inbox.elsewhere')}</bdi> ·{' '}
            </span>
          )}
          <time dateTime={at}>{time(at)}</time>
          {direction === 'outbound' && <Delivery status={message.status} />}
        </p>
        {failure && (
          <p className={`alert ${css.failure}`}>
            <bdi>{failure.detail}</bdi>
            {failure.whatsappCode !== null && <span className="ltr mono"> ({failure.whatsappCode})</span>}
          </p>
        )}
      </li>
    </>
  );
}

const SIGNS: Record<MessageStatus, typeof IconCheck> = {
  received: IconCheck,
  queued: IconClock,
  sent: IconCheck,
  failed: IconAlertTriangle,
  delivered: IconChecks,
  read: IconChecks,
};

/** How far an answer has come. */
function Delivery({ status }: { status: MessageStatus }) {
  const { t } = useTranslation();
  const Sign = SIGNS[status];
  return (
    <span className={css.delivery} data-status={status}>
      <Sign size={14} aria-hidden="true" />
      {t(`inbox.delivery.${status}`)}
    </span>
  );
}
