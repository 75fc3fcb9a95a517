/** The inbox: conversations, what is said in them, and who can take the next one. */
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useParams, useSearchParams } from 'react-router';
import { PageHead } from '../design/page.js';
import { Empty, Failure } from '../design/states.js';
import { useInbox } from '../live/live-inbox.js';
import { useMay } from '../session/use-me.js';
import { AssignablePanel } from './assignable-panel.js';
import { Availability } from './availability.js';
import { ConversationList } from './conversation-list.js';
import { ConversationPane } from './conversation-pane.js';
import { ConnectionState } from './connection-state.js';
import { readInboxQuery, writeInboxQuery } from './inbox-query.js';
import { NewConversation } from './new-conversation.js';
import { useInboxFeed } from './use-conversations.js';
import css from './inbox.module.css';

export default function InboxPage() {
  const { t } = useTranslation();
  const { id } = useParams();
  const [address, setAddress] = useSearchParams();
  const fallback = useMay('inbox.assign') ? 'all' : 'mine';
  const query = useMemo(() => readInboxQuery(address, fallback), [address, fallback]);
  const [isPanelOpen, setPanelOpen] = useState(false);
  const connection = useInbox();
  useInboxFeed(connection);
  const closure = connection?.current.closure;
  return (
    <div className={css.page} data-chosen={id !== undefined} data-panel={isPanelOpen}>
      <PageHead title={t('nav.inbox')} note={<ConnectionState connection={connection} />}>
        <Availability connection={connection} />
        <NewConversation />
      </PageHead>
      {closure && <Failure title={t('live.closed')} detail={closure.reason} onRetry={() => location.reload()} />}
      <div className={css.panes}>
        <ConversationList
          query={query}
          chosen={id}
          onChoose={(change) =>
            setAddress(writeInboxQuery({ ...query, ...change }, fallback), { replace: 'q' in change })
          }
        />
        {id ? (
          <ConversationPane key={id} id={id} onShowPanel={() => setPanelOpen(true)} />
        ) : (
          <section className={`card ${css.pane} ${css.conversation}`}>
            <Empty title={t('inbox.choose')}>{t('inbox.chooseHelp')}</Empty>
          </section>
        )}
        <AssignablePanel connection={connection} conversationId={id} onClose={() => setPanelOpen(false)} />
      </div>
    </div>
  );
}
