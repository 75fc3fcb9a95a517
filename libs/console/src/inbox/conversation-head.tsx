import { Button, Menu } from '@mantine/core';
import { IconArrowLeft, IconClockHour4, IconEyeOff, IconUserPlus } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import type { ConversationView } from '#client';
import { durationOf } from '../design/duration.js';
import { useMoment } from '../design/format.js';
import { useMe } from '../session/use-me.js';
import { type ConversationRights, mayBeErased } from './conversation-rights.js';
import { CustomerMenu } from './customer-menu.js';
import { serviceWindow } from './service-window.js';
import { type Act, useAct, useRefusalText } from './use-act.js';
import { useKnownTeams } from '../teams/use-known-teams.js';
import css from './inbox.module.css';

interface Props {
  conversation: ConversationView;
  rights: ConversationRights;
  now: number;
  onShowPanel: () => void;
}

/** With whom, who has it, how long answers are free; and what can be done with it. */
export function ConversationHead({ conversation, rights, now, onShowPanel }: Props) {
  const { t } = useTranslation();
  const [address] = useSearchParams();
  const act = useAct(conversation.id);
  const refusal = useRefusalText();
  const { contact, assignee, team } = conversation;
  return (
    <header className={css.head}>
      <div className={css.who}>
        <Link
          to={{ pathname: '/inbox', search: address.toString() }}
          className={`icon-button ${css.back}`}
          aria-label={t('inbox.back')}
        >
          <IconArrowLeft size={18} />
        </Link>
        <div className={css.names}>
          <h2 className="clip" dir="auto">
            {contact.name ?? t('inbox.unknown')}
          </h2>
          <Phone conversation={conversation} />
        </div>
        <WindowLeft expiresAt={conversation.windowExpiresAt} now={now} />
        <CustomerMenu contact={contact} />
      </div>
      <div className={css.acts}>
        <p className="muted">
          {assignee ? t('inbox.has', { name: assignee.name }) : t('inbox.nobodyHas')}
          {team && <> · {team.name}</>}
          {conversation.status === 'resolved' && <> · {t('inbox.statuses.resolved')}</>}
        </p>
        <Acts conversation={conversation} rights={rights} act={act} onShowPanel={onShowPanel} />
      </div>
      {act.error && (
        <p role="alert" className={`alert ${css.refused}`}>
          {refusal(act.error)}
        </p>
      )}
    </header>
  );
}

function Acts({ conversation, rights, act, onShowPanel }: Omit<Props, 'now'> & { act: ReturnType<typeof useAct> }) {
  const { t } = useTranslation();
  const { agent } = useMe();
  const teams = useKnownTeams().filter(({ id }) => id !== conversation.team?.id);
  const button = (label: string, what: Act, isMain = false) => (
    <Button
      size="compact-sm"
      {...(!isMain && { variant: 'default' })}
      loading={act.isPending && act.variables.kind === what.kind}
      disabled={act.isPending}
      onClick={() => act.mutate(what)}
    >
      {label}
    </Button>
  );
  return (
    <div className={css.buttons}>
      {rights.take && button(t('inbox.take'), { kind: 'take', agentId: agent.id, version: conversation.version }, true)}
      {rights.assign && button(t('inbox.leastLoaded'), { kind: 'least-loaded' })}
      {rights.assign && (
        <Button
          size="compact-sm"
          variant="default"
          className={css.panelButton ?? ''}
          leftSection={<IconUserPlus size={15} />}
          onClick={onShowPanel}
        >
          {t('inbox.assignTo')}
        </Button>
      )}
      {rights.assign && teams.length > 0 && (
        <Menu position="bottom-end">
          <Menu.Target>
            <Button size="compact-sm" variant="default" disabled={act.isPending}>
              {t('inbox.transfer')}
            </Button>
          </Menu.Target>
          <Menu.Dropdown className={css.teams ?? ''}>
            {teams.map(({ id, name }) => (
              <Menu.Item key={id} onClick={() => act.mutate({ kind: 'transfer', teamId: id })}>
                {name}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
      {rights.unassign && button(t('inbox.unassign'), { kind: 'unassign' })}
      {rights.resolve && button(t('inbox.resolve'), { kind: 'resolve' })}
      {rights.reopen && button(t('inbox.reopen'), { kind: 'reopen' }, true)}
    </div>
  );
}

/** The number, as the API gives it: masked for those it is never shown to, whole for the others. */
function Phone({ conversation }: { conversation: ConversationView }) {
  const { t } = useTranslation();
  const { contact } = conversation;
  if (contact.phone === null) {
    return <span className="muted">{t(mayBeErased(conversation) ? 'inbox.noNumberNorName' : 'inbox.noNumber')}</span>;
  }
  return (
    <span className={css.phone}>
      <span className="mono ltr" data-testid="phone">
        {contact.phone}
      </span>
      {contact.masked && (
        <span className="muted" title={t('inbox.maskedHelp')}>
          <IconEyeOff size={14} aria-hidden="true" /> {t('inbox.masked')}
        </span>
      )}
    </span>
  );
}

function WindowLeft({ expiresAt, now }: { expiresAt: string | null; now: number }) {
  const { t } = useTranslation();
  const moment = useMoment();
  const { state, leftMs } = serviceWindow(expiresAt, now);
  return (
    <span className={css.window} data-state={state} title={expiresAt ? moment(expiresAt) : undefined}>
      <IconClockHour4 size={14} aria-hidden="true" />
      {t(`inbox.window.${state}`, { left: durationOf(leftMs) })}
    </span>
  );
}
