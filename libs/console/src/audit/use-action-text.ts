import { useTranslation } from 'react-i18next';
import type { AuditAction } from '#client';

/** What was done, in words; of a newer Muster, by its name. */
export function useActionText(): (action: AuditAction) => string {
  const { t } = useTranslation();
  return (action) => t([`audit.actions.${action}`, 'audit.other'], { action });
}
