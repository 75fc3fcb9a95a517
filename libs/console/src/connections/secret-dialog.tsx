import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Dialog } from '../design/dialogs.js';

interface Props {
  title: string;
  text?: string;
  secret: string;
  onClose: () => void;
}

/** A secret, this once. A click beside it must not take it away. */
export function SecretDialog({ title, text, secret, onClose }: Props) {
  const { t } = useTranslation();
  return (
    <Dialog opened onClose={onClose} title={title} closeOnClickOutside={false}>
      <div className="stack">
        {text && <p>{text}</p>}
        <p>{t('connections.secretOnce')}</p>
        <p className="secret mono ltr" data-testid="secret">
          {secret}
        </p>
        <div className="buttons">
          <Button onClick={onClose}>{t('done')}</Button>
        </div>
      </div>
    </Dialog>
  );
}
