import { useTranslation } from 'react-i18next';
import type { Availability as Chosen, InboxConnection } from '#client';
import { complain } from '../design/notify.js';
import { useInboxStatus } from '../live/live-inbox.js';
import { usePresence } from '../live/use-presence.js';
import css from './availability.module.css';

const CHOICES: readonly Chosen[] = ['available', 'busy', 'away'];

/** Whether one wants work: chosen here, shown everywhere at once. */
export function Availability({ connection }: { connection: InboxConnection | null }) {
  const { t } = useTranslation();
  const isLive = useInboxStatus(connection) === 'live';
  const { presence, set } = usePresence(connection);
  const chosen = (set.isPending && set.variables) || presence?.availability;
  const choose = (availability: Chosen): void =>
    set.mutate(availability, { onError: (error) => complain(t('inbox.notSet'), error) });
  return (
    <fieldset className={css.choices} disabled={!isLive} aria-busy={set.isPending} title={t('inbox.availabilityHelp')}>
      <legend className="sr">{t('inbox.availability')}</legend>
      {CHOICES.map((one) => (
        <label key={one} data-chosen={one === chosen}>
          <input
            type="radio"
            name="availability"
            value={one}
            checked={one === chosen}
            onChange={() => choose(one)}
            className="sr"
          />
          <i className={`shape shape-${one}`} aria-hidden="true" />
          {t(`presence.${one}`)}
        </label>
      ))}
    </fieldset>
  );
}
