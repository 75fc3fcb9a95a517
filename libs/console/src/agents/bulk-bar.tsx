import { Button, Menu } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { BulkAgentsChange } from '#client';
import { useTeams } from '../teams/use-teams.js';
import { BulkDialog } from './bulk-dialog.js';
import css from './agents.module.css';

/** What can be done to all that are selected. */
export function BulkBar({ ids, onDone }: { ids: string[]; onDone: () => void }) {
  const { t } = useTranslation();
  const { data: teams = [] } = useTeams();
  const [change, setChange] = useState<BulkAgentsChange | null>(null);
  return (
    <div className={css.bulk} role="region" aria-label={t('bulk.label')}>
      <b>{t('bulk.selected', { count: ids.length })}</b>
      <Menu position="top">
        <Menu.Target>
          <Button size="xs" variant="default">
            {t('bulk.move')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {teams.map(({ id, name }) => (
            <Menu.Item key={id} onClick={() => setChange({ teamId: id })}>
              {name}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <Button size="xs" variant="default" onClick={() => setChange({ status: 'inactive' })}>
        {t('bulk.deactivate')}
      </Button>
      <Button size="xs" variant="default" onClick={() => setChange({ status: 'active' })}>
        {t('bulk.activate')}
      </Button>
      <Button size="xs" variant="default" onClick={() => setChange({ hidePhone: true })}>
        {t('bulk.hidePhone')}
      </Button>
      <button type="button" className="text-button" onClick={onDone}>
        {t('bulk.clear')}
      </button>
      {change && <BulkDialog ids={ids} change={change} teams={teams} onClose={() => setChange(null)} onDone={onDone} />}
    </div>
  );
}
