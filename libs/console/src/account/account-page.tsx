/** Oneself: who Muster takes one for, what one may do, the password, and where one is signed in. */
import { useTranslation } from 'react-i18next';
import { PageHead } from '../design/page.js';
import { ThemeButton } from '../design/theme-button.js';
import { LanguageSelect } from '../i18n/language-select.js';
import { Sessions } from '../agent/sessions.js';
import { useMe } from '../session/use-me.js';
import { endSession } from '../session/session.js';
import { modulesFor } from '../app/modules.js';
import { PasswordForm } from './password-form.js';
import css from './account.module.css';

export default function AccountPage() {
  const { t } = useTranslation();
  const me = useMe();
  return (
    <>
      <PageHead title={t('nav.myAccount')} note={<span className="muted ltr">{me.agent.email}</span>}>
        <LanguageSelect />
        <ThemeButton />
        <button type="button" className="text-button" onClick={() => endSession(null)}>
          {t('nav.signOut')}
        </button>
      </PageHead>
      {modulesFor(me.permissions).length === 0 && <p className={css.hint}>{t('account.nothingHere')}</p>}
      <div className={css.columns}>
        <section className={`card ${css.part}`} data-testid="own-rights">
          <h2>{t('account.rights', { team: me.team.name })}</h2>
          <p className="muted">{t('account.rightsHelp', { version: me.blueprintVersion })}</p>
          <p>{t(me.hidePhone ? 'account.numbersHidden' : 'account.numbersShown')}</p>
          <ul className={css.rights}>
            {me.permissions.map((key) => (
              <li key={key} className="mono">
                {key}
              </li>
            ))}
          </ul>
        </section>
        <section className={`card ${css.part}`}>
          <h2>{t('account.password')}</h2>
          <PasswordForm />
        </section>
        <section className={`card ${css.part} ${css.wide}`}>
          <h2>{t('agent.tabs.sessions')}</h2>
          <Sessions />
        </section>
      </div>
    </>
  );
}
