/** Draws the head of a team's group: its name and what its agents come to. */
import { ageOf, LONG_WAIT_MS, PRESENCE_STATES } from '#client';
import type { Frame } from './cell-painter.js';
import { drawPresence } from './shapes.js';
import type { Rect } from './wall-layout.js';
import type { WallGroup } from './wall-model.js';

export const HEAD_HEIGHT = 34;

/** The words of a head, in the console's language. */
export interface HeadWords {
  fiveMinutes: (count: number) => string;
  waiting: (count: number, age: string) => string;
  inactive: string;
}

export function paintHead(frame: Frame, group: WallGroup, box: Rect, words: HeadWords): void {
  const { pen, palette } = frame;
  const y = box.y + 18;
  const name = { size: 14, weight: 640, colour: palette.text, room: box.width * 0.5 };
  const title = group.team?.name ?? '—';
  pen.text(title, pen.x(box, 0), y, name);
  let at = Math.min(pen.measure(title, name), name.room) + 16;
  if (group.team?.status === 'inactive') at += put(frame, words.inactive, box, at, y, palette.bad) + 14;
  for (const state of PRESENCE_STATES) {
    const count = group.totals.presence[state];
    if (count === 0 || at > box.width - 60) continue;
    drawPresence(pen.context, state, pen.x(box, at + 4), y - 0.5, 4, palette.presence[state]);
    at += 12 + put(frame, String(count), box, at + 12, y, palette.muted) + 11;
  }
  paintSums(frame, group, box, y, words, at);
}

/** At the far end, as many as there is room for: waiting, load, density. */
function paintSums(
  frame: Frame,
  { totals, oldestAt, rows }: WallGroup,
  box: Rect,
  y: number,
  words: HeadWords,
  from: number,
): void {
  const { pen, palette, now } = frame;
  const isLong = oldestAt !== null && now - Date.parse(oldestAt) > LONG_WAIT_MS;
  const m5 = rows.reduce((sum, row) => sum + row.density.m5, 0);
  const sums = [
    {
      text: totals.waiting > 0 ? words.waiting(totals.waiting, oldestAt ? ageOf(oldestAt, now) : '') : '',
      colour: isLong ? palette.bad : palette.warn,
    },
    { text: `${totals.open}/${totals.capacity}`, colour: palette.muted },
    { text: words.fiveMinutes(m5), colour: palette.muted },
  ];
  let end = box.width;
  for (const { text, colour } of sums) {
    const width = pen.measure(text, { size: 12, weight: 540 });
    if (text === '' || end - width < from) continue;
    pen.text(text, pen.x(box, end), y, { size: 12, weight: 540, colour, align: 'end' });
    end -= width + 18;
  }
}

function put({ pen }: Frame, text: string, box: Rect, at: number, y: number, colour: string): number {
  pen.text(text, pen.x(box, at), y, { size: 12, weight: 540, colour });
  return pen.measure(text, { size: 12, weight: 540 });
}
