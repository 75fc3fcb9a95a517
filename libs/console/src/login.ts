import { type MusterApi, MusterProblem } from '#client';
import { el } from './element.js';
import { themeButton } from './theme.js';

/** The page that asks who is there. `message` says why it is shown, when that was not the visitor's wish. */
export function loginPage(muster: MusterApi, message: string | null, onDone: () => void): HTMLElement {
  const email = field('email', 'E-mail', { type: 'email', autocomplete: 'username', required: true });
  const password = field('password', 'Password', {
    type: 'password',
    autocomplete: 'current-password',
    required: true,
  });
  const workspace = field('workspace', 'Workspace', {
    type: 'text',
    autocomplete: 'organization',
    placeholder: 'its short name',
  });
  const alert = el('p', { role: 'alert', class: 'alert' }, message ?? '');
  const submit = el('button', { type: 'submit', class: 'primary' }, 'Sign in');
  const form = el(
    'form',
    { class: 'login', novalidate: true },
    brand(),
    email.label,
    password.label,
    workspace.label,
    alert,
    submit,
  );
  workspace.label.hidden = true;

  const signIn = async (): Promise<void> => {
    submit.disabled = true;
    alert.textContent = '';
    try {
      const slug = workspace.input.value.trim();
      await muster.auth.login({
        email: email.input.value.trim(),
        password: password.input.value,
        ...(slug ? { workspace: slug } : {}),
      });
      onDone();
    } catch (error) {
      alert.textContent = explain(error);
      const needsWorkspace = error instanceof MusterProblem && error.code === 'workspace_required';
      if (needsWorkspace) workspace.label.hidden = false;
      (needsWorkspace ? workspace : password).input.focus();
    } finally {
      submit.disabled = false;
    }
  };
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (form.reportValidity()) void signIn();
  });
  return el('main', { class: 'centre' }, form, el('div', { class: 'corner' }, themeButton()));
}

/** The product's name with its sign. */
export function brand(): HTMLElement {
  return el(
    'div',
    { class: 'brand' },
    el('img', { src: `${import.meta.env.BASE_URL}icon.svg`, alt: '', width: '28', height: '28' }),
    el('span', {}, 'Muster'),
  );
}

/** A failure in words for the person in front of the screen. */
export function explain(error: unknown): string {
  if (error instanceof MusterProblem) return error.problem.detail;
  return error instanceof Error ? error.message : String(error);
}

function field(name: string, text: string, attributes: Record<string, string | boolean>) {
  const input = el('input', { name, ...attributes });
  return { input, label: el('label', {}, el('span', {}, text), input) };
}
