import { useTranslation } from 'react-i18next';
import type { InboxConnection } from '#client';
import { useInboxStatus } from '../live/live-inbox.js';
import { StatusPill } from '../live/freshness.js';

/** Whether what is pushed arrives. */
export function ConnectionState({ connection }: { connection: InboxConnection | null }) {
  const { t } = useTranslation();
  const status = useInboxStatus(connection);
  return (
    <>
      <StatusPill status={status} />
      {status !== 'live' && status !== 'connecting' && <span className="muted">{t('inbox.offlineHelp')}</span>}
    </>
  );
}
