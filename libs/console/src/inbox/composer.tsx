import { Button } from '@mantine/core';
import { IconSend2 } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type KeyboardEvent, useId } from 'react';
import { useTranslation } from 'react-i18next';
import { type ConversationView, newIdempotencyKey } from '#client';
import { explain } from '../session/problem-text.js';
import { muster } from '../session/session.js';
import type { ConversationRights } from './conversation-rights.js';
import { type Attempt, begun, failed, sent } from './draft.js';
import { draftOf, putDraft, useDraft } from './drafts.js';
import { takeMessage } from './use-conversations.js';
import css from './composer.module.css';

/** WhatsApp's limit. */
const LONGEST = 4_096;
/** From here on it is shown how much is left. */
const LONG = 3_500;

interface Props {
  conversation: ConversationView;
  noReply: ConversationRights['noReply'];
}

/** The answer. The field is free while one is under way; what was refused is in it again, with why. */
export function Composer({ conversation: { id }, noReply }: Props) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const help = useId();
  const { text, sending, unsure, error } = useDraft(id);
  const send = useMutation({
    mutationFn: ({ text: answer, key }: Attempt) =>
      muster.messages.create(id, { text: answer }, { idempotencyKey: key }),
    onSettled: (message, reason, attempt) => {
      putDraft(id, message ? sent(draftOf(id), attempt) : failed(draftOf(id), attempt, reason));
      if (message) takeMessage(client, message);
      return client.invalidateQueries({ queryKey: ['messages', id] });
    },
  });
  const submit = (): void => {
    const next = begun(draftOf(id), newIdempotencyKey);
    if (!next) return;
    putDraft(id, next);
    send.mutate(next.sending);
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    submit();
  };
  if (noReply) return <p className={css.closed}>{t(`inbox.noReply.${noReply}`)}</p>;
  return (
    <form className={css.composer} onSubmit={(event) => (event.preventDefault(), submit())}>
      {error !== null && (
        <p role="alert" className="alert">
          {t(unsure ? 'inbox.perhapsSent' : 'inbox.notSent', { reason: explain(error) })}
        </p>
      )}
      {sending && (
        <p className="muted clip" role="status">
          {t('inbox.delivery.queued')}: <bdi>{sending.text}</bdi>
        </p>
      )}
      <div className={css.row}>
        <textarea
          aria-label={t('inbox.answer')}
          aria-describedby={help}
          placeholder={t('inbox.answer')}
          rows={2}
          dir="auto"
          maxLength={LONGEST}
          value={text}
          onChange={(event) => putDraft(id, { ...draftOf(id), text: event.currentTarget.value })}
          onKeyDown={onKey}
        />
        <Button
          type="submit"
          disabled={text.trim() === ''}
          loading={sending !== null}
          aria-label={t('inbox.send')}
          title={t('inbox.send')}
        >
          <IconSend2 size={18} />
        </Button>
      </div>
      <p className="muted" id={help}>
        {t('inbox.answerHelp')}
        {text.length > LONG && <> · {t('inbox.left', { count: LONGEST - text.length })}</>}
      </p>
    </form>
  );
}
