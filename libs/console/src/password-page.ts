import type { MusterApi } from '#client';
import { el } from './element.js';
import { brand, explain } from './login.js';
import { themeButton } from './theme.js';

/** What came with a mail's link, or an administrator's: `#invitation=…` or `#reset=…`. */
export interface PasswordToken {
  kind: 'invitation' | 'reset';
  token: string;
}

/** The token in the address, which is taken out of it: it must not stay in the history or be copied along. */
export function takeToken(): PasswordToken | null {
  const found = /^#(invitation|reset)=([\w-]{1,200})$/.exec(location.hash);
  if (!found?.[2]) return null;
  history.replaceState(null, '', location.pathname);
  return { kind: found[1] === 'reset' ? 'reset' : 'invitation', token: found[2] };
}

/** The page on which a password is chosen with a token. */
export function passwordPage(muster: MusterApi, { kind, token }: PasswordToken, onDone: () => void): HTMLElement {
  const attributes = { type: 'password', autocomplete: 'new-password', required: true, minlength: '10' };
  const input = el('input', { name: 'password', maxlength: '200', ...attributes });
  const label = el('label', {}, el('span', {}, 'New password, at least 10 characters'), input);
  const alert = el('p', { role: 'alert', class: 'alert' });
  const submit = el('button', { type: 'submit', class: 'primary' }, 'Set password');
  const form = el('form', { class: 'login', novalidate: true }, brand(), label, alert, submit);

  const choose = async (): Promise<void> => {
    submit.disabled = true;
    alert.textContent = '';
    try {
      const body = { token, password: input.value };
      await (kind === 'reset' ? muster.auth.resetPassword(body) : muster.auth.acceptInvitation(body));
      onDone();
    } catch (error) {
      alert.textContent = explain(error);
    } finally {
      submit.disabled = false;
    }
  };
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (form.reportValidity()) void choose();
  });
  return el('main', { class: 'centre' }, form, el('div', { class: 'corner' }, themeButton()));
}
