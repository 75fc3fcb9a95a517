/** What is connected with Muster: services with keys, systems that are told of events, WhatsApp numbers, and the queues. */
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import type { Permission } from '#client';
import { PageHead } from '../design/page.js';
import { useChosenInSight } from '../design/use-in-sight.js';
import { mayAny } from '../app/modules.js';
import { useMe } from '../session/use-me.js';
import { ApiKeys } from './api-keys.js';
import { Channels } from './channels.js';
import { Queues } from './queues.js';
import { Webhooks } from './webhooks.js';
import css from './connections.module.css';

const PARTS = [
  { key: 'keys', needs: 'api-keys.manage', Part: ApiKeys },
  { key: 'webhooks', needs: 'settings.manage', Part: Webhooks },
  { key: 'channels', needs: 'settings.manage', Part: Channels },
  { key: 'queues', needs: 'settings.manage', Part: Queues },
] as const satisfies readonly { key: string; needs: Permission; Part: () => React.ReactNode }[];

export default function ConnectionsPage() {
  const { t } = useTranslation();
  const { permissions } = useMe();
  const [address] = useSearchParams();
  const parts = PARTS.filter(({ needs }) => mayAny(permissions, [needs]));
  const chosen = parts.find(({ key }) => key === address.get('part')) ?? parts[0];
  const row = useChosenInSight<HTMLElement>(chosen?.key);
  return (
    <>
      <PageHead title={t('nav.connections')} />
      <nav ref={row} className={css.tabs} aria-label={t('connections.parts')}>
        {parts.map(({ key }) => (
          <Link key={key} to={`?part=${key}`} replace aria-current={key === chosen?.key ? 'page' : undefined}>
            {t(`connections.tabs.${key}`)}
          </Link>
        ))}
      </nav>
      <div className={css.part}>{chosen && <chosen.Part />}</div>
    </>
  );
}
