import { Button } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Invitation } from '#client';
import { useMoment } from '../design/format.js';

/** The link with which a new agent chooses a password; it is shown this once. */
export function InvitationView({
  name,
  invitation,
  onClose,
}: {
  name: string;
  invitation: Invitation;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const moment = useMoment();
  const [isCopied, setCopied] = useState(false);
  const link = invitation.token && `${location.origin}/console/#invitation=${invitation.token}`;
  const copy = (text: string): void => void navigator.clipboard?.writeText(text).then(() => setCopied(true));
  return (
    <div className="stack">
      <p>{t(link ? 'agents.invited' : 'agents.invitedByMail', { name })}</p>
      {link && (
        <p className="secret mono ltr" data-testid="invitation">
          {link}
        </p>
      )}
      <p className="muted">{t('agents.invitationUntil', { at: moment(invitation.expiresAt) })}</p>
      <div className="buttons">
        {link && (
          <Button variant="default" onClick={() => copy(link)}>
            {t(isCopied ? 'copied' : 'copy')}
          </Button>
        )}
        <Button onClick={onClose}>{t('done')}</Button>
      </div>
    </div>
  );
}
