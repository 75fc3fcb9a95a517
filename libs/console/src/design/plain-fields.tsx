/** Fields for the pages before the console proper: they look like the others, and need nothing that has to be loaded. */
import { IconEye, IconEyeOff } from '@tabler/icons-react';
import { type InputHTMLAttributes, type Ref, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import css from './plain-fields.module.css';

type Props = InputHTMLAttributes<HTMLInputElement> & {
  label: string;
  description?: string;
  ref?: Ref<HTMLInputElement>;
};

export function PlainField({ label, description, ...input }: Props) {
  const id = useId();
  return (
    <div className={css.field}>
      <label htmlFor={id}>{label}</label>
      {description && (
        <span className="muted" id={`${id}-help`}>
          {description}
        </span>
      )}
      <input id={id} aria-describedby={description ? `${id}-help` : undefined} {...input} />
    </div>
  );
}

/** A password, which can be looked at. */
export function PlainPassword(props: Props) {
  const { t } = useTranslation();
  const [isShown, setShown] = useState(false);
  const Icon = isShown ? IconEyeOff : IconEye;
  return (
    <div className={css.secret}>
      <PlainField {...props} type={isShown ? 'text' : 'password'} />
      <button
        type="button"
        className="icon-button"
        aria-pressed={isShown}
        aria-label={t('login.show')}
        title={t('login.show')}
        onClick={() => setShown(!isShown)}
      >
        <Icon size={17} />
      </button>
    </div>
  );
}

export function PlainSubmit({ children, busy = false }: { children: string; busy?: boolean }) {
  return (
    <button type="submit" className={css.submit} disabled={busy} aria-busy={busy}>
      {children}
    </button>
  );
}
