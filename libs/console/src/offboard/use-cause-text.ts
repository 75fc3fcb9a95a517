import { useTranslation } from 'react-i18next';
import type { Receipt } from '#client';

/** What took rights away, in words; of a newer Muster, by its name. */
export function useCauseText(): (cause: Receipt['cause']) => string {
  const { t } = useTranslation();
  return (cause) => t([`receipt.causes.${cause}`, 'receipt.causes.other'], { cause });
}
