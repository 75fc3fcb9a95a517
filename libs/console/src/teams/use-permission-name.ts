import { useTranslation } from 'react-i18next';
import type { PermissionEntry } from '#client';

/** What people call a permission: in their language, or as a newer server names it. */
export function usePermissionName(): (entry: PermissionEntry) => string {
  const { t } = useTranslation();
  return ({ key, label }) => t(`permissions.${key}`, { defaultValue: label });
}
