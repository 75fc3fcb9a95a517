import { useTranslation } from 'react-i18next';
import type { PresenceState } from '#client';

/** The shape and the word of a state of presence. */
export function Presence({ state, bare = false }: { state: PresenceState; bare?: boolean }) {
  const { t } = useTranslation();
  return (
    <span className="presence">
      <i className={`shape shape-${state}`} aria-hidden="true" />
      <span className={bare ? 'sr' : undefined}>{t(`presence.${state}`)}</span>
    </span>
  );
}
