import { Menu } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import { Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ContactView } from '#client';
import { laterDialog } from '../app/later.js';
import { IconButton } from '../design/icon-button.js';
import { useMay } from '../session/use-me.js';

const RenameDialog = laterDialog(() => import('./rename-dialog.js'));
const EraseDialog = laterDialog(() => import('./erase-dialog.js'));

/** What can be done with the customer, by those who may. */
export function CustomerMenu({ contact }: { contact: ContactView }) {
  const { t } = useTranslation();
  const mayEdit = useMay('contacts.edit');
  const maySet = useMay('settings.manage');
  const [task, setTask] = useState<'rename' | 'erase' | null>(null);
  if (!mayEdit) return null;
  const close = (): void => setTask(null);
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <IconButton label={t('inbox.customer.more')}>
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
