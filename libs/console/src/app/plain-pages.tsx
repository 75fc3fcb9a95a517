import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Permission } from '#client';
import { useMe } from '../session/use-me.js';
import { usePageTitle } from '../design/page.js';
import { homeOf } from './modules.js';

/** Somebody came by address to what their team may not see. */
export function NoPermission({ needs }: { needs: readonly Permission[] }) {
  const { t } = useTranslation();
  const me = useMe();
  usePageTitle(t('noPermission.title'));
  return (
    <div className="state" data-testid="no-permission">
      <h1>{t('noPermission.title')}</h1>
      <p>{t('noPermission.text', { team: me.team.name })}</p>
      <p className="mono muted">{needs.join(' · ')}</p>
      <Link to={homeOf(me.permissions)}>{t('noPermission.back')}</Link>
    </div>
  );
}

export function NotFound() {
  const { t } = useTranslation();
  const me = useMe();
  usePageTitle(t('notFound.title'));
  return (
    <div className="state">
      <h1>{t('notFound.title')}</h1>
      <p className="muted">{t('notFound.text')}</p>
      <Link to={homeOf(me.permissions)}>{t('noPermission.back')}</Link>
    </div>
  );
}
