import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { laterDialog } from '../app/later.js';
import { useMay, useMe } from '../session/use-me.js';
import css from './inbox.module.css';

const NewConversationDialog = laterDialog(() => import('./new-conversation-dialog.js'));

/** For those who give conversations to others and may know a number: who has Hide Phone can name none. */
export function NewConversation() {
  const { t } = useTranslation();
  const { hidePhone } = useMe();
  const mayAssign = useMay('inbox.assign');
  const [isOpen, setOpen] = useState(false);
  if (!mayAssign || hidePhone) return null;
  return (
    <>
      <Button size="xs" className={css.new ?? ''} leftSection={<IconPlus size={15} />} onClick={() => setOpen(true)}>
        {t('inbox.new')}
      </Button>
      <Suspense fallback={null}>{isOpen && <NewConversationDialog onClose={() => setOpen(false)} />}</Suspense>
    </>
  );
}
