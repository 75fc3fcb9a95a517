/** The frame of all screens: where one can go, who one is, and what was just done. */
import {
  IconActivityHeartbeat,
  IconBell,
  IconChartBar,
  IconListSearch,
  IconLogout,
  IconMessages,
  IconPlugConnected,
  IconShieldHalf,
  IconUsers,
} from '@tabler/icons-react';
import { type ReactNode, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, NavLink, useLocation } from 'react-router';
import { Brand } from '../design/brand.js';
import { ThemeButton } from '../design/theme-button.js';
import { LanguageSelect } from '../i18n/language-select.js';
import { useOpenInbox } from '../live/live-inbox.js';
import { endSession } from '../session/session.js';
import { useMe } from '../session/use-me.js';
import { later } from './later.js';
import { type ModuleKey, modulesFor } from './modules.js';
import { useHasNotices } from '../design/notify.js';
import '../design/last-focus.js';
import { initialsOf } from '../design/initials.js';
import { IconButton } from '../design/icon-button.js';
import css from './shell.module.css';

const nothing = () => null;
const OwnPresence = later(() => import('../live/own-presence.js'), nothing);
export const Notices = later(() => import('../design/notices.js'), nothing);

const ICONS: Record<ModuleKey, typeof IconUsers> = {
  floor: IconActivityHeartbeat,
  inbox: IconMessages,
  alerts: IconBell,
  agents: IconUsers,
  teams: IconShieldHalf,
  reports: IconChartBar,
  audit: IconListSearch,
  connections: IconPlugConnected,
};

export function Shell({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  const { pathname } = useLocation();
  const hasNotices = useHasNotices();
  return (
    <div className={css.shell} data-screen={pathname.split('/')[1]}>
      <a className={css.skip} href="#screen">
        {t('nav.skip')}
      </a>
      <Rail />
      <main id="screen" className={css.screen} tabIndex={-1}>
        {children}
      </main>
      {hasNotices && (
        <Suspense fallback={null}>
          <Notices />
        </Suspense>
      )}
    </div>
  );
}

function Rail() {
  const { t } = useTranslation();
  const { permissions, workspace } = useMe();
  return (
    <nav className={css.rail} aria-label={t('nav.label')}>
      <Link to="/" className={css.home}>
        <Brand bare size={26} />
        <span className={css.names}>
          <b>Muster</b>
          <span className="muted clip">{workspace.name}</span>
        </span>
      </Link>
      <ul className={css.links}>
        {modulesFor(permissions).map(({ key, path }) => {
          const Icon = ICONS[key];
          return (
            <li key={key}>
              <NavLink to={path} className={css.link ?? ''}>
                <Icon size={19} stroke={1.6} aria-hidden="true" />
                <span>{t(`nav.${key}`)}</span>
              </NavLink>
            </li>
          );
        })}
      </ul>
      <div className={css.foot}>
        <div className={css.settings}>
          <LanguageSelect />
          <ThemeButton />
        </div>
        <Account />
      </div>
    </nav>
  );
}

function Account() {
  const { t } = useTranslation();
  const { agent, team } = useMe();
  const inbox = useOpenInbox();
  return (
    <div className={css.who}>
      <NavLink to="/account" className={css.account ?? ''} title={t('nav.myAccount')}>
        <span className="avatar" aria-hidden="true">
          {initialsOf(agent.name)}
          <Suspense fallback={null}>{inbox && <OwnPresence connection={inbox} />}</Suspense>
        </span>
        <span className={css.names}>
          <b className="clip" dir="auto">
            {agent.name}
          </b>
          <span className="muted clip">{team.name}</span>
        </span>
      </NavLink>
      <IconButton label={t('nav.signOut')} onClick={() => endSession(null)}>
        <IconLogout size={17} />
      </IconButton>
    </div>
  );
}
