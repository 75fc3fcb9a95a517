/** Credentials of other services: each acts with a part of its maker's rights, and is shown once. */
import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ApiKeyView, Receipt } from '#client';
import { Dialog } from '../design/dialogs.js';
import { useMoment } from '../design/format.js';
import { Empty, Failure, Loading } from '../design/states.js';
import { ReceiptChecklist } from '../offboard/receipt-checklist.js';
import { explain } from '../session/problem-text.js';
import { muster } from '../session/session.js';
import { CreateKeyDialog } from './create-key-dialog.js';
import { PartHead } from './part-head.js';
import css from './connections.module.css';

export const KEYS = ['api-keys'] as const;

export function ApiKeys() {
  const { t } = useTranslation();
  const { data, error, refetch } = useQuery({ queryKey: KEYS, queryFn: () => muster.apiKeys.list({ limit: 200 }) });
  const [isCreating, setCreating] = useState(false);
  const [ending, setEnding] = useState<ApiKeyView | null>(null);
  return (
    <>
      <PartHead help={t('keys.help')}>
        <Button size="xs" leftSection={<IconPlus size={15} />} onClick={() => setCreating(true)}>
          {t('keys.create')}
        </Button>
      </PartHead>
      {error && <Failure title={t('error.load')} detail={explain(error)} onRetry={() => void refetch()} />}
      {!data && !error && <Loading />}
      {data?.data.length === 0 && <Empty title={t('keys.none')}>{t('keys.noneHelp')}</Empty>}
      <ul className={css.items}>
        {data?.data.map((key) => (
          <Key key={key.id} apiKey={key} onEnd={() => setEnding(key)} />
        ))}
      </ul>
      {isCreating && <CreateKeyDialog onClose={() => setCreating(false)} />}
      {ending && <EndDialog apiKey={ending} onClose={() => setEnding(null)} />}
    </>
  );
}

function Key({ apiKey, onEnd }: { apiKey: ApiKeyView; onEnd: () => void }) {
  const { t } = useTranslation();
  const moment = useMoment();
  return (
    <li className="card">
      <div className={css.head}>
        <h2>{apiKey.name}</h2>
        <Button size="compact-xs" variant="default" onClick={onEnd}>
          {t('keys.end')}
        </Button>
      </div>
      <p className="muted">
        {t('keys.made', { by: apiKey.createdBy.name, at: moment(apiKey.createdAt) })} ·{' '}
        {apiKey.lastUsedAt ? t('keys.used', { at: moment(apiKey.lastUsedAt) }) : t('keys.unused')}
      </p>
      <p className={`mono ${css.rights}`}>{apiKey.permissions.join(' · ')}</p>
    </li>
  );
}

function EndDialog({ apiKey, onClose }: { apiKey: ApiKeyView; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [receipt, setReceipt] = useState<Receipt | null>(null);
  const end = useMutation({
    mutationFn: () => muster.apiKeys.delete(apiKey.id),
    onSuccess: (ended) => setReceipt(ended.receipt),
    onSettled: () => client.invalidateQueries({ queryKey: KEYS }),
  });
  return (
    <Dialog opened onClose={onClose} title={t('keys.endTitle', { name: apiKey.name })}>
      <div className="stack">
        {!receipt && <p>{t('keys.endText')}</p>}
        {receipt && <ReceiptChecklist receipt={receipt} />}
        {end.error && (
          <p role="alert" className="alert">
            {explain(end.error)}
          </p>
        )}
        <div className="buttons">
          <Button variant="default" onClick={onClose}>
            {t(receipt ? 'close' : 'cancel')}
          </Button>
          {!receipt && (
            <Button color="red" data-danger loading={end.isPending} onClick={() => end.mutate()}>
              {t('keys.end')}
            </Button>
          )}
        </div>
      </div>
    </Dialog>
  );
}
