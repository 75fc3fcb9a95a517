import { el } from './element.js';

const KEY = 'muster.theme';
type Theme = 'light' | 'dark';

/** Applies the theme that was chosen here before; without a choice the system's holds. */
export function restoreTheme(): void {
  const chosen = localStorage.getItem(KEY);
  if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset['theme'] = chosen;
}

/** A button that switches between light and dark. */
export function themeButton(): HTMLButtonElement {
  const button = el('button', {
    type: 'button',
    class: 'quiet theme',
    title: 'Light or dark',
    'aria-label': 'Light or dark',
  });
  button.addEventListener('click', () => {
    const next: Theme = isDark() ? 'light' : 'dark';
    document.documentElement.dataset['theme'] = next;
    localStorage.setItem(KEY, next);
  });
  return button;
}

function isDark(): boolean {
  const chosen = document.documentElement.dataset['theme'];
  return chosen ? chosen === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
}
