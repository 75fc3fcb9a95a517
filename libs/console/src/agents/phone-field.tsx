import { TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { countryOf } from './phone-country.js';

/** A number in international form; says which country it is read as. */
export function PhoneField({
  value,
  error,
  onChange,
}: {
  value: string;
  error: string | undefined;
  onChange: (phone: string) => void;
}) {
  const { t, i18n } = useTranslation();
  const code = countryOf(value);
  const country = code && new Intl.DisplayNames(i18n.language, { type: 'region' }).of(code);
  const help = country ? t('agents.phoneCountry', { country }) : t('agents.phoneHelp');
  return (
    <TextInput
      label={t('agents.phone')}
      description={help}
      type="tel"
      dir="ltr"
      value={value}
      required
      error={error}
      autoComplete="off"
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
