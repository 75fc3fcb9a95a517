/** Draws one agent's cell. What it says by colour it says by shape or number too. */
import { ageOf, LONG_WAIT_MS, type RosterRow } from '#client';
import { heatLevel, profileOf } from './heat.js';
import type { Palette } from './palette.js';
import { drawPresence } from './shapes.js';
import type { Rect } from './wall-layout.js';
import type { Pen } from './pen.js';

export interface CellState {
  isSelected: boolean;
  isHovered: boolean;
}

/** What all cells of a frame share. */
export interface Frame {
  pen: Pen;
  palette: Palette;
  /** The end of the heat scale, in messages in 5 minutes. */
  scale: number;
  /** The server's time. */
  now: number;
  /** Agents about whom an alert is open. */
  alarmed: ReadonlySet<string>;
}

export function paintCell(frame: Frame, row: RosterRow, box: Rect, state: CellState): void {
  paintGround(frame, row, box, state);
  if (box.width < 60) paintSmall(frame, row, box);
  else paintWhole(frame, row, box);
}

export function waitsLong({ waiting }: RosterRow, now: number): boolean {
  return waiting.oldestAt !== null && now - Date.parse(waiting.oldestAt) > LONG_WAIT_MS;
}

function isHere(row: RosterRow): boolean {
  return row.presence.state !== 'offline';
}

function paintGround(
  { pen, palette, scale, now, alarmed }: Frame,
  row: RosterRow,
  box: Rect,
  { isSelected, isHovered }: CellState,
): void {
  const { context } = pen;
  const radius = box.width < 60 ? 4 : 6;
  context.fillStyle = isHere(row)
    ? (palette.heat[heatLevel(row.density.m5, scale)] ?? palette.surface)
    : palette.surface;
  pen.roundedRect(box, radius);
  context.fill();
  const isAlarmed = waitsLong(row, now) || alarmed.has(row.id);
  const alarm = isAlarmed ? palette.bad : (row.load.ratio ?? 0) >= 1 ? palette.warn : null;
  if (!isHere(row) && !alarm) pen.outline(box, radius, palette.line, 1);
  if (alarm) pen.outline(box, radius, alarm, 2);
  if (isHovered) pen.outline(box, radius, palette.lineStrong, 1.5);
  if (isSelected)
    pen.outline(
      { x: box.x - 1, y: box.y - 1, width: box.width + 2, height: box.height + 2 },
      radius + 1,
      palette.text,
      2,
    );
}

function paintWhole(frame: Frame, row: RosterRow, box: Rect): void {
  const { pen, palette } = frame;
  const unit = Math.max(0.85, Math.min(2.2, box.height / 60, box.width / 148));
  const ink = isHere(row) ? palette.ink : palette.muted;
  const top = box.y + 15 * unit;
  const name = { size: 12 * unit, weight: 600, colour: ink };
  const room = box.width - 32 * unit;
  const badge = paintWaiting(frame, row, box, unit, room - pen.measure(row.name, name));
  drawPresence(pen.context, row.presence.state, pen.x(box, 13 * unit), top, 4.3 * unit, shapeColour(frame, row));
  pen.text(row.name, pen.x(box, 23 * unit), top + 0.5, { ...name, room: room - badge });
  const base = box.y + box.height - 18 * unit;
  pen.text(String(row.density.m5), pen.x(box, 9 * unit), base, { size: 15 * unit, weight: 660, colour: ink });
  const load = `${row.load.open}/${row.load.capacity}`;
  pen.text(load, pen.x(box, box.width - 9 * unit), base + 1, {
    size: 11 * unit,
    weight: 500,
    colour: isHere(row) ? palette.inkMuted : palette.muted,
    align: 'end',
  });
  paintProfile(frame, row, box, unit, base);
  paintLoad(frame, row, {
    x: box.x + 9 * unit,
    y: box.y + box.height - 6.5 * unit,
    width: box.width - 18 * unit,
    height: 3 * unit,
  });
}

/** The last hour in four steps, the newest last. */
function paintProfile({ pen, palette }: Frame, row: RosterRow, box: Rect, unit: number, base: number): void {
  const width = box.width - 100 * unit;
  if (width < 22 * unit) return;
  const profile = profileOf(row.density);
  const most = Math.max(1, ...profile);
  const height = 15 * unit;
  const step = Math.min(16 * unit, width / 4);
  pen.context.fillStyle = isHere(row) ? palette.inkMuted : palette.lineStrong;
  profile.forEach((rate, place) => {
    const bar = Math.max(1, (rate / most) * height);
    const at = pen.x(box, 44 * unit + place * step + (pen.isRtl ? step - 1.5 : 0));
    pen.context.globalAlpha = place === 3 ? 0.95 : 0.45 + place * 0.1;
    pen.context.fillRect(at, base + height / 2 - bar, step - 1.5, bar);
  });
  pen.context.globalAlpha = 1;
}

/** How full the agent is: a bar that is full at capacity, and red beyond. */
function paintLoad({ pen, palette }: Frame, row: RosterRow, track: Rect): void {
  const share = Math.min(1, row.load.ratio ?? (row.load.open > 0 ? 1 : 0));
  pen.context.fillStyle = palette.track;
  pen.roundedRect(track, track.height / 2);
  pen.context.fill();
  if (share === 0) return;
  const width = Math.max(track.height, track.width * share);
  pen.context.fillStyle = (row.load.ratio ?? 0) > 1 ? palette.bad : isHere(row) ? palette.ink : palette.muted;
  pen.roundedRect({ ...track, x: pen.isRtl ? track.x + track.width - width : track.x, width }, track.height / 2);
  pen.context.fill();
}

/** Who waits, and for how long where the name leaves `room` for that; answers with the room that it took. */
function paintWaiting({ pen, palette, now }: Frame, row: RosterRow, box: Rect, unit: number, room: number): number {
  const { count, oldestAt } = row.waiting;
  if (count === 0) return 0;
  const isLong = waitsLong(row, now);
  const font = { size: 10.5 * unit, weight: 620, colour: isLong ? palette.bad : palette.warn };
  const whole = oldestAt === null ? String(count) : `${count} · ${ageOf(oldestAt, now)}`;
  const text = isLong || pen.measure(whole, font) + 12 * unit <= room ? whole : String(count);
  const width = pen.measure(text, font) + 10 * unit;
  const badge = { x: pen.x(box, box.width - 6 * unit - width, width), y: box.y + 7 * unit, width, height: 16 * unit };
  pen.context.fillStyle = isLong ? palette.badSoft : palette.warnSoft;
  pen.roundedRect(badge, 8 * unit);
  pen.context.fill();
  pen.text(text, badge.x + width / 2, badge.y + badge.height / 2 + 0.5, { ...font, align: 'center' });
  return width + 2 * unit;
}

function paintSmall(frame: Frame, row: RosterRow, box: Rect): void {
  const { pen, palette, now } = frame;
  const unit = box.height / 34;
  drawPresence(
    pen.context,
    row.presence.state,
    box.x + box.width / 2,
    box.y + box.height * 0.42,
    5.4 * unit,
    shapeColour(frame, row),
  );
  paintLoad(frame, row, {
    x: box.x + 5 * unit,
    y: box.y + box.height - 7 * unit,
    width: box.width - 10 * unit,
    height: 3 * unit,
  });
  if (row.waiting.count === 0) return;
  pen.context.fillStyle = waitsLong(row, now) ? palette.bad : palette.warn;
  pen.context.beginPath();
  pen.context.arc(pen.x(box, box.width - 5 * unit), box.y + 5 * unit, 3.2 * unit, 0, Math.PI * 2);
  pen.context.fill();
}

/** On the hottest cells the state's own colour would not be seen. */
function shapeColour({ palette, scale }: Frame, row: RosterRow): string {
  return isHere(row) && heatLevel(row.density.m5, scale) >= 3 ? palette.ink : palette.presence[row.presence.state];
}
