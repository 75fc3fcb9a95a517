import './design/mantine.css';
import './design/tokens.css';
import './design/base.css';
import { createRoot } from 'react-dom/client';
import { App, prepare } from './app/app.js';
import { startLanguages } from './i18n/languages.js';
import { isSignedIn } from './session/session.js';

/** What takes longer than this is shown as loading. */
const PATIENCE_MS = 300;

/** Waits a moment for what the first screen needs; what fails, fails again where it is shown. */
function firstScreen(): Promise<unknown> {
  if (!isSignedIn()) return Promise.resolve();
  return Promise.race([prepare().catch(() => undefined), new Promise((over) => setTimeout(over, PATIENCE_MS))]);
}

const root = document.querySelector('#app');
if (root) void Promise.all([startLanguages(), firstScreen()]).then(() => createRoot(root).render(<App />));
