import type { Translation } from './translation.js';

export const hi: Translation = {};
