import { type ReactNode, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Brand } from '../design/brand.js';
import { LanguageSelect } from '../i18n/language-select.js';
import { ThemeButton } from '../design/theme-button.js';
import css from './entry.module.css';

/** What one sees before being signed in: one form, and what Muster is for. */
export function EntryPage({ title, children }: { title: string; children: ReactNode }) {
  const { t } = useTranslation();
  useEffect(() => {
    document.title = `${title} · Muster`;
  }, [title]);
  return (
    <div className={css.page}>
      <main className={css.panel}>
        <Brand size={30} />
        <div>
          <h1>{title}</h1>
          <p className="muted">{t('login.claim')}</p>
        </div>
        {children}
      </main>
      <footer className={css.foot}>
        <LanguageSelect />
        <ThemeButton />
      </footer>
    </div>
  );
}
