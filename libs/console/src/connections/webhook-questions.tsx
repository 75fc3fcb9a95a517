import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { WebhookView } from '#client';
import { Dialog } from '../design/dialogs.js';
import { notify } from '../design/notify.js';
import { explain } from '../session/problem-text.js';
import { muster } from '../session/session.js';
import { SecretDialog } from './secret-dialog.js';
import { WEBHOOKS } from './use-webhooks.js';

interface Props {
  webhook: WebhookView;
  onClose: () => void;
}

/** A new secret, this once; the one before goes on for a day. */
export function RotateDialog({ webhook: { id, url }, onClose }: Props) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const rotate = useMutation({
    mutationFn: () => muster.webhooks.rotate(id),
    onSettled: () => client.invalidateQueries({ queryKey: WEBHOOKS }),
  });
  if (rotate.data) {
    const title = t('webhooks.secretTitle', { url });
    return <SecretDialog title={title} text={t('webhooks.rotateText')} secret={rotate.data.secret} onClose={onClose} />;
  }
  return (
    <Question
      title={t('webhooks.rotateTitle', { url })}
      error={rotate.error}
      onClose={onClose}
      text={t('webhooks.rotateText')}
    >
      <Button loading={rotate.isPending} onClick={() => rotate.mutate()}>
        {t('webhooks.rotate')}
      </Button>
    </Question>
  );
}

export function DeleteDialog({ webhook: { id, url }, onClose }: Props) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => muster.webhooks.delete(id),
    onSuccess: () => {
      notify(t('webhooks.deleted', { url }));
      onClose();
    },
    onSettled: () => client.invalidateQueries({ queryKey: WEBHOOKS }),
  });
  return (
    <Question
      title={t('webhooks.deleteTitle', { url })}
      error={remove.error}
      onClose={onClose}
      text={t('webhooks.deleteText')}
    >
      <Button color="red" data-danger loading={remove.isPending} onClick={() => remove.mutate()}>
        {t('webhooks.deleteDo')}
      </Button>
    </Question>
  );
}

interface QuestionProps {
  title: string;
  text: string;
  error: Error | null;
  onClose: () => void;
  children: ReactNode;
}

function Question({ title, text, error, onClose, children }: QuestionProps) {
  const { t } = useTranslation();
  return (
    <Dialog opened onClose={onClose} title={title}>
      <div className="stack">
        <p>{text}</p>
        {error && (
          <p role="alert" className="alert">
            {explain(error)}
          </p>
        )}
        <div className="buttons">
          <Button variant="default" onClick={onClose}>
            {t('cancel')}
          </Button>
          {children}
        </div>
      </div>
    </Dialog>
  );
}
