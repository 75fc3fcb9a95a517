import { Menu } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import { lazy, Suspense, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ContactView } from '#client';
import { IconButton } from '../design/icon-button.js';
import { useMay } from '../session/use-me.js';

const RenameDialog = lazy(() => import('./rename-dialog.js'));
const EraseDialog = lazy(() => import('./erase-dialog.js'));

/** What can be done with the customer, by those who may. */
export function CustomerMenu({ contact }: { contact: ContactView }) {
  const { t } = useTranslation();
  const mayEdit = useMay('contacts.edit');
  const maySet = useMay('settings.manage');
  const [task, setTask] = useState<'rename' | 'erase' | null>(null);
  const target = useRef<HTMLButtonElement>(null);
  if (!mayEdit) return null;
  const close = (): void => {
    setTask(null);
    // The item that had the focus is gone with its menu.
    target.current?.focus();
  };
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <IconButton ref={target} label={t('inbox.customer.more')}>
            <IconDots size={18} />
          </IconButton>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => setTask('rename')}>{t('inbox.customer.rename')}</Menu.Item>
          {maySet && (
            <Menu.Item data-danger onClick={() => setTask('erase')}>
              {t('inbox.customer.erase')}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      <Suspense fallback={null}>
        {task === 'rename' && <RenameDialog contact={contact} onClose={close} />}
        {task === 'erase' && <EraseDialog contact={contact} onClose={close} />}
      </Suspense>
    </>
  );
}
