import { x } from '#contracts'; export const y = x;
