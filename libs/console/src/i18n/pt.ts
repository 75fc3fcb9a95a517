import type { Translation } from './translation.js';

export const pt: Translation = {};
