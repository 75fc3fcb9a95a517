import './design/mantine.css';
import './design/tokens.css';
import './design/base.css';
import { createRoot } from 'react-dom/client';
import { App } from './app/app.js';
import { startLanguages } from './i18n/languages.js';

const root = document.querySelector('#app');
if (root) void startLanguages().then(() => createRoot(root).render(<App />));
