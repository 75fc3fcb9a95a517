/** What is shown in place of a part of the console that could not be fetched, or failed. */
import { useEffect, useEffectEvent, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Failed } from './part-boundary.js';

/** A part of the console could not be fetched from the server. */
export class PartMissing extends Error {}

export function PartFailure({ error, onAgain }: Failed) {
  const { t } = useTranslation();
  const isMissing = error instanceof PartMissing;
  const isAnswering = useIsAnswering(isMissing);
  const again = useEffectEvent(onAgain);
  useEffect(() => {
    if (!isMissing) return undefined;
    const online = (): void => again();
    window.addEventListener('online', online);
    return () => window.removeEventListener('online', online);
  }, [isMissing]);
  return (
    <div className="state" role="alert" data-testid="part-failure">
      <h2>{t(isMissing ? 'error.load' : 'error.part')}</h2>
      <p className="muted">
        {isMissing ? isAnswering !== null && t(isAnswering ? 'error.outdated' : 'error.away') : error.message}
      </p>
      <div className="buttons">
        <button type="button" className="text-button" onClick={onAgain}>
          {t('error.again')}
        </button>
        {(isAnswering || !isMissing) && (
          <button type="button" className="text-button" onClick={() => location.reload()}>
            {t('error.reload')}
          </button>
        )}
      </div>
    </div>
  );
}

/** The browser's own dialog: Mantine's may be what could not be fetched. */
export function DialogFailure({ onClose, ...failed }: Failed & { onClose: () => void }) {
  const { t } = useTranslation();
  const box = useRef<HTMLDialogElement>(null);
  useEffect(() => box.current?.showModal(), []);
  return (
    <dialog ref={box} className="card failed-dialog" aria-label={t('error.load')} onClose={onClose}>
      <PartFailure {...failed} />
      <div className="buttons">
        <button type="button" className="text-button" onClick={() => box.current?.close()}>
          {t('close')}
        </button>
      </div>
    </dialog>
  );
}

/**
 * Whether the server is there, once that is known. A server that answers and doesn't have the part is newer than this
 * page; without one, loading the page anew would lose it.
 */
function useIsAnswering(isAsked: boolean): boolean | null {
  const [isAnswering, setAnswering] = useState<boolean | null>(null);
  useEffect(() => {
    if (!isAsked) return;
    fetch(import.meta.env.BASE_URL, { method: 'HEAD', cache: 'no-store' }).then(
      ({ ok }) => setAnswering(ok),
      () => setAnswering(false),
    );
  }, [isAsked]);
  return isAnswering;
}
