import { Button } from '@mantine/core';
import { IconSend2 } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type KeyboardEvent, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ConversationView } from '#client';
import { explain } from '../session/problem-text.js';
import { muster } from '../session/session.js';
import type { ConversationRights } from './conversation-rights.js';
import { drafts } from './drafts.js';
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

/** The answer. What was refused stays in the field, with why. */
export function Composer({ conversation: { id }, noReply }: Props) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const help = useId();
  const [text, setText] = useState(() => drafts.get(id) ?? '');
  const write = (next: string): void => {
    drafts.set(id, next);
    setText(next);
  };
  const send = useMutation({
    mutationFn: (answer: string) => muster.messages.create(id, { text: answer }),
    onSuccess: (message) => {
      takeMessage(client, message);
      write('');
    },
    onSettled: () => client.invalidateQueries({ queryKey: ['messages', id] }),
  });
  const isEmpty = text.trim() === '';
  const submit = (): void => {
    if (!isEmpty && !send.isPending) send.mutate(text.trim());
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    submit();
  };
  if (noReply) return <p className={css.closed}>{t(`inbox.noReply.${noReply}`)}</p>;
  return (
    <form className={css.composer} onSubmit={(event) => (event.preventDefault(), submit())}>
      {send.error && (
        <p role="alert" className="alert">
          {t('inbox.notSent', { reason: explain(send.error) })}
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
          onChange={(event) => write(event.currentTarget.value)}
          onKeyDown={onKey}
        />
        <Button
          type="submit"
          disabled={isEmpty}
          loading={send.isPending}
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
