/** The console's first page: sign in, or choose a password with a mailed token, then the floor as it lives. */
import { connectDashboard, MusterApi } from '#client';
import { FloorPage } from './floor-page.js';
import { loginPage } from './login.js';
import { type PasswordToken, passwordPage, takeToken } from './password-page.js';
import { browserStore } from './session-store.js';
import './style.css';
import { restoreTheme } from './theme.js';

const store = browserStore();
const muster = new MusterApi({ url: location.origin, store });
const app = document.querySelector('#app');

function show(page: HTMLElement): void {
  app?.replaceChildren(page);
  page.querySelector<HTMLInputElement>('form input')?.focus();
}

function start(): void {
  const token = takeToken();
  if (token) askForPassword(token);
  else if (store.read() === null) askWho(null);
  else showFloor();
}

function askWho(message: string | null): void {
  document.title = 'Sign in · Muster';
  show(loginPage(muster, message, showFloor));
}

function askForPassword(token: PasswordToken): void {
  document.title = 'Choose a password · Muster';
  show(passwordPage(muster, token, () => askWho('Your password is set. Sign in with it.')));
}

function showFloor(): void {
  const dashboard = connectDashboard(muster);
  const page = new FloorPage(muster, dashboard.roster(), (reason) => {
    dashboard.close();
    // The reason counts, not whether the server could be told.
    muster.auth.logout().catch(() => {});
    askWho(reason);
  });
  show(page.element);
}

restoreTheme();
start();
