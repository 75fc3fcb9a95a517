import type { Translation } from './translation.js';

export const ar: Translation = {};
