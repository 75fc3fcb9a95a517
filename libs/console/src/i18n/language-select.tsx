import { useTranslation } from 'react-i18next';
import { chooseLanguage, LANGUAGES } from './languages.js';

/** The console's language; each is named in itself. */
export function LanguageSelect() {
  const { t, i18n } = useTranslation();
  return (
    <select
      className="plain-select"
      aria-label={t('language')}
      value={i18n.language}
      onChange={(event) => void chooseLanguage(event.currentTarget.value)}
    >
      {LANGUAGES.map(({ code, name }) => (
        <option key={code} value={code} lang={code}>
          {name}
        </option>
      ))}
    </select>
  );
}
