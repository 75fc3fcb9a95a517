import { Button } from '@mantine/core';
import { IconPencil, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ChannelView } from '#client';
import { IconButton } from '../design/icon-button.js';
import { Empty, Failure, Loading } from '../design/states.js';
import { explain } from '../session/problem-text.js';
import { muster } from '../session/session.js';
import { ChannelDialog, CHANNELS } from './channel-dialog.js';
import { PartHead } from './part-head.js';
import css from './connections.module.css';

/** The WhatsApp numbers that customers write to. */
export function Channels() {
  const { t } = useTranslation();
  const { data, error, refetch } = useQuery({
    queryKey: CHANNELS,
    queryFn: () => muster.channels.list({ limit: 200, sort: 'name' }),
  });
  const [editing, setEditing] = useState<ChannelView | 'new' | null>(null);
  return (
    <>
      <PartHead help={t('channels.help')}>
        <Button size="xs" leftSection={<IconPlus size={15} />} onClick={() => setEditing('new')}>
          {t('channels.create')}
        </Button>
      </PartHead>
      {error && <Failure title={t('error.load')} detail={explain(error)} onRetry={() => void refetch()} />}
      {!data && !error && <Loading />}
      {data?.data.length === 0 && <Empty title={t('channels.none')}>{t('channels.noneHelp')}</Empty>}
      <ul className={css.items}>
        {data?.data.map((channel) => (
          <li key={channel.id} className="card">
            <div className={css.head}>
              <h2>{channel.name}</h2>
              <IconButton label={t('channels.edit', { name: channel.name })} onClick={() => setEditing(channel)}>
                <IconPencil size={16} />
              </IconButton>
            </div>
            <p className="muted">
              <span className="mono ltr">{channel.phoneNumberId}</span> · {channel.team?.name ?? t('channels.noTeam')} ·{' '}
              <span className={channel.hasToken ? 'ok-text' : css.warn}>
                {t(channel.hasToken ? 'channels.withToken' : 'channels.withoutToken')}
              </span>
            </p>
          </li>
        ))}
      </ul>
      {editing && <ChannelDialog channel={editing === 'new' ? null : editing} onClose={() => setEditing(null)} />}
    </>
  );
}
