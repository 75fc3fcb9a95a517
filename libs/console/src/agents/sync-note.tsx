import { useTranslation } from 'react-i18next';
import type { AgentView } from '#client';
import { useMoment } from '../design/format.js';

/** How far what is derived from the blueprint has come; and that rights never wait for it. */
export function SyncNote({ agent: { sync } }: { agent: AgentView }) {
  const { t } = useTranslation();
  const moment = useMoment();
  return (
    <section>
      <h3>{t('agents.syncTitle')}</h3>
      <p className="muted">
        {t('agents.syncText', { synced: sync.syncedVersion, version: sync.version, at: moment(sync.syncedAt) })}
      </p>
    </section>
  );
}
