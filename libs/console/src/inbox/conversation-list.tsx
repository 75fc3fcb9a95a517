import { IconEyeOff } from '@tabler/icons-react';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import { ageOf, type ConversationView, type Id, LONG_WAIT_MS } from '#client';
import { SearchField } from '../design/search-field.js';
import { Empty, Failure, Loading } from '../design/states.js';
import { useNow } from '../design/use-now.js';
import { explain } from '../session/problem-text.js';
import { useMe } from '../session/use-me.js';
import { type InboxQuery, SCOPES, STATUSES } from './inbox-query.js';
import { NotCurrent } from './not-current.js';
import { useConversationList } from './use-conversations.js';
import css from './inbox.module.css';

interface Props {
  query: InboxQuery;
  chosen: Id | undefined;
  onChoose: (change: Partial<InboxQuery>) => void;
}

export function ConversationList({ query, chosen, onChoose }: Props) {
  const { t } = useTranslation();
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useConversationList(query);
  const all = useMemo(() => data?.pages.flatMap((page) => page.data) ?? [], [data]);
  const now = useNow(1_000);
  return (
    <section className={`card ${css.pane} ${css.list}`} aria-label={t('inbox.conversations')}>
      <Filters query={query} onChoose={onChoose} />
      <div className={css.scroll}>
        {error && !data && <Failure title={t('error.load')} detail={explain(error)} onRetry={() => void refetch()} />}
        {error && data && <NotCurrent error={error} onRetry={() => void refetch()} />}
        {!data && !error && <Loading />}
        {data && all.length === 0 && <Empty title={t(`inbox.none.${query.scope}`)} />}
        <ul>
          {all.map((conversation) => (
            <Item key={conversation.id} conversation={conversation} isChosen={conversation.id === chosen} now={now} />
          ))}
        </ul>
        {hasNextPage && (
          <button
            type="button"
            className={`text-button ${css.more}`}
            disabled={isFetchingNextPage}
            onClick={() => void fetchNextPage()}
          >
            {t('older')}
          </button>
        )}
      </div>
    </section>
  );
}

function Filters({ query, onChoose }: Omit<Props, 'chosen'>) {
  const { t } = useTranslation();
  return (
    <div className={css.filters}>
      <div className={css.scopes} role="group" aria-label={t('inbox.whose')}>
        {SCOPES.map((scope) => (
          <button key={scope} type="button" aria-pressed={scope === query.scope} onClick={() => onChoose({ scope })}>
            {t(`inbox.scopes.${scope}`)}
          </button>
        ))}
      </div>
      <div className={css.find}>
        <SearchField label={t('inbox.find')} value={query.q} onChange={(q) => onChoose({ q })} afterMs={250} />
        <select
          className="plain-select"
          aria-label={t('inbox.status')}
          value={query.status}
          onChange={(event) => onChoose({ status: event.currentTarget.value as InboxQuery['status'] })}
        >
          {STATUSES.map((status) => (
            <option key={status} value={status}>
              {t(`inbox.statuses.${status}`)}
            </option>
          ))}
        </select>
      </div>
    </div>
  );
}

function Item({ conversation, isChosen, now }: { conversation: ConversationView; isChosen: boolean; now: number }) {
  const { t } = useTranslation();
  const [address] = useSearchParams();
  const self = useMe().agent.id;
  const { id, contact, assignee, team, waitingSince, lastMessageAt } = conversation;
  const isLong = waitingSince !== null && now - Date.parse(waitingSince) > LONG_WAIT_MS;
  const who = assignee ? (assignee.id === self ? t('inbox.you') : assignee.name) : t('inbox.nobody');
  return (
    <li>
      <Link
        to={{ pathname: `/inbox/${id}`, search: address.toString() }}
        className={css.item}
        aria-current={isChosen ? 'page' : undefined}
      >
        <span className={css.itemHead}>
          <b className="clip" dir="auto">
            {contact.name ?? contact.phone ?? t('inbox.unknown')}
          </b>
          {waitingSince ? (
            <span className={css.wait} data-long={isLong} title={t('inbox.waits')}>
              {ageOf(waitingSince, now)}
              <span className="sr"> {t('inbox.waits')}</span>
            </span>
          ) : (
            lastMessageAt && <span className="muted">{ageOf(lastMessageAt, now)}</span>
          )}
        </span>
        <span className={`muted ${css.itemFoot}`}>
          <span className="clip" dir="auto" data-nobody={assignee === null}>
            {who}
            {team && <> · {team.name}</>}
          </span>
          <span className={`mono ltr ${css.number}`}>
            {contact.masked && <IconEyeOff size={13} aria-hidden="true" />}
            {contact.name && contact.phone}
          </span>
        </span>
      </Link>
    </li>
  );
}
