/** The tokens as the canvas needs them: read once for each theme. */
import type { PresenceState } from '#client';
import { HOTTEST } from './heat.js';

export interface Palette {
  heat: string[];
  ink: string;
  inkMuted: string;
  text: string;
  muted: string;
  line: string;
  lineStrong: string;
  surface: string;
  accent: string;
  bad: string;
  warn: string;
  badSoft: string;
  warnSoft: string;
  track: string;
  presence: Record<PresenceState, string>;
  font: string;
}

export function readPalette(element: Element): Palette {
  const style = getComputedStyle(element);
  const token = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  return {
    heat: Array.from({ length: HOTTEST + 1 }, (_, level) => token(`heat-${level}`)),
    ink: token('heat-ink'),
    inkMuted: token('heat-ink-muted'),
    text: token('text'),
    muted: token('muted'),
    line: token('line'),
    lineStrong: token('line-strong'),
    surface: token('surface'),
    accent: token('accent'),
    bad: token('bad'),
    warn: token('warn'),
    badSoft: token('bad-soft'),
    warnSoft: token('warn-soft'),
    track: style.colorScheme === 'dark' ? 'rgb(255 255 255 / 16%)' : 'rgb(20 32 27 / 14%)',
    presence: { available: token('good'), busy: token('warn'), away: token('info'), offline: token('muted') },
    font: token('font'),
  };
}
