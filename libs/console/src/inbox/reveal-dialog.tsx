import { Button, Textarea } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ContactView, RevealedPhone } from '#client';
import { Dialog } from '../design/dialogs.js';
import { durationOf } from '../design/duration.js';
import { useNow } from '../design/use-now.js';
import { fieldErrors } from '../session/problem-text.js';
import { muster } from '../session/session.js';

const SHORTEST = 3;
const LONGEST = 500;

/** A customer's whole number, for a reason that is kept; gone again when its time is over. */
export default function RevealDialog({ contact, onClose }: { contact: ContactView; onClose: () => void }) {
  const { t } = useTranslation();
  const [reason, setReason] = useState('');
  const [isAsked, setAsked] = useState(false);
  const reveal = useMutation({
    mutationFn: () => muster.contacts.reveal(contact.id, { reason: reason.trim() }),
    gcTime: 0,
  });
  const isShort = reason.trim().length < SHORTEST;
  const errors = reveal.error ? fieldErrors(reveal.error) : {};
  const submit = (): void => {
    setAsked(true);
    if (!isShort) reveal.mutate();
  };
  return (
    <Dialog opened onClose={onClose} title={t('inbox.revealTitle')}>
      {reveal.data ? (
        <Revealed revealed={reveal.data} onClose={onClose} />
      ) : (
        <form className="stack" noValidate onSubmit={(event) => (event.preventDefault(), submit())}>
          <p>{t('inbox.revealText')}</p>
          <Textarea
            label={t('inbox.revealReason')}
            value={reason}
            maxLength={LONGEST}
            data-autofocus
            required
            error={isAsked && isShort ? t('inbox.revealShort', { least: SHORTEST }) : errors['reason']}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          {errors[''] && (
            <p role="alert" className="alert">
              {errors['']}
            </p>
          )}
          <div className="buttons">
            <Button variant="default" onClick={onClose}>
              {t('cancel')}
            </Button>
            <Button type="submit" loading={reveal.isPending}>
              {t('inbox.revealDo')}
            </Button>
          </div>
        </form>
      )}
    </Dialog>
  );
}

function Revealed({ revealed: { phone, expiresAt }, onClose }: { revealed: RevealedPhone; onClose: () => void }) {
  const { t } = useTranslation();
  const leftMs = Date.parse(expiresAt) - useNow(500);
  const isOver = leftMs <= 0;
  useEffect(() => {
    if (isOver) onClose();
  }, [isOver, onClose]);
  return (
    <div className="stack">
      <p className="secret mono ltr" data-testid="revealed">
        {phone}
      </p>
      <p className="muted">{t('inbox.revealLeft', { left: durationOf(Math.max(0, leftMs)) })}</p>
      <div className="buttons">
        <Button onClick={onClose}>{t('done')}</Button>
      </div>
    </div>
  );
}
