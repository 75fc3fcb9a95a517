import { useTranslation } from 'react-i18next';
import { type Id, MusterProblem } from '#client';
import { Empty, Failure, Loading } from '../design/states.js';
import { useNow } from '../design/use-now.js';
import { useInboxStatus, useOpenInbox } from '../live/live-inbox.js';
import { explain } from '../session/problem-text.js';
import { useMe } from '../session/use-me.js';
import { Composer } from './composer.js';
import { ConversationHead } from './conversation-head.js';
import { rightsOn } from './conversation-rights.js';
import { MessageList } from './message-list.js';
import { useConversation } from './use-conversations.js';
import css from './inbox.module.css';

/** One conversation: with whom, what was said, and the answer. */
export function ConversationPane({ id, onShowPanel }: { id: Id; onShowPanel: () => void }) {
  const { t } = useTranslation();
  const me = useMe();
  const now = useNow(1_000);
  const isLive = useInboxStatus(useOpenInbox()) === 'live';
  const { data: conversation, error, refetch } = useConversation(id);
  if (!conversation) {
    const isGone = error instanceof MusterProblem && error.code === 'not_found';
    return (
      <section className={`card ${css.pane} ${css.conversation}`}>
        {isGone && <Empty title={t('inbox.gone')} />}
        {error && !isGone && <Failure title={t('error.load')} detail={explain(error)} onRetry={() => void refetch()} />}
        {!error && <Loading />}
      </section>
    );
  }
  const rights = rightsOn(conversation, { id: me.agent.id, permissions: me.permissions }, now);
  const isOwn = conversation.assignee?.id === me.agent.id;
  return (
    <section className={`card ${css.pane} ${css.conversation}`} aria-label={t('inbox.conversation')}>
      <ConversationHead conversation={conversation} rights={rights} now={now} onShowPanel={onShowPanel} />
      <MessageList id={id} isPushed={isOwn && isLive} />
      <Composer key={id} conversation={conversation} noReply={rights.noReply} />
    </section>
  );
}
