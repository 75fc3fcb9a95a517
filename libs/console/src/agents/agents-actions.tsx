/** What can be done with all agents: buttons, of which a narrow screen keeps one and puts the rest into a menu. */
import { Button, Menu } from '@mantine/core';
import { IconDots, IconPlus } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useMay } from '../session/use-me.js';
import type { AgentTask } from './agents-page.js';
import type { AgentsQuery } from './agents-query.js';
import { useAgentsFile } from './use-agents-file.js';
import css from './agents.module.css';

interface Action {
  label: string;
  isBusy?: boolean;
  run: () => void;
}

export function AgentsActions({ query, onTask }: { query: AgentsQuery; onTask: (task: AgentTask) => void }) {
  const { t } = useTranslation();
  const mayManage = useMay('agents.manage');
  const mayRead = useMay('agents.read');
  const file = useAgentsFile(query);
  const actions: Action[] = [
    ...(mayManage
      ? [
          { label: t('agents.diagnose'), run: () => onTask({ kind: 'diagnose', email: '' }) },
          { label: t('agents.import'), run: () => onTask({ kind: 'import' }) },
        ]
      : []),
    ...(mayRead ? [{ label: t('agents.export'), isBusy: file.isPending, run: () => file.mutate() }] : []),
  ];
  const [only, ...others] = actions;
  return (
    <>
      {only && others.length === 0 && <ActionButton action={only} />}
      {others.length > 0 && <Actions actions={actions} />}
      {mayManage && (
        <Button size="xs" leftSection={<IconPlus size={15} />} onClick={() => onTask({ kind: 'create' })}>
          {t('agents.create')}
        </Button>
      )}
    </>
  );
}

function Actions({ actions }: { actions: Action[] }) {
  const { t } = useTranslation();
  return (
    <>
      <div className={css.wideActions}>
        {actions.map((action) => (
          <ActionButton key={action.label} action={action} />
        ))}
      </div>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button
            variant="default"
            size="xs"
            className={css.narrowActions ?? ''}
            aria-label={t('agents.moreActions')}
            loading={actions.some(({ isBusy }) => isBusy)}
          >
            <IconDots size={16} />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {actions.map(({ label, run }) => (
            <Menu.Item key={label} onClick={run}>
              {label}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </>
  );
}

function ActionButton({ action: { label, isBusy = false, run } }: { action: Action }) {
  return (
    <Button variant="default" size="xs" loading={isBusy} onClick={run}>
      {label}
    </Button>
  );
}
