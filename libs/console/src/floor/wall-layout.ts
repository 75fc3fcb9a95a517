/** Where each cell of the wall is, and which cell is where. Pure; in pixels of the wall, left to right. */

export interface CellSize {
  width: number;
  height: number;
  gap: number;
}

export interface Rect {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** A cell: its group, and its place there. */
export interface Place {
  group: number;
  index: number;
}

interface GroupBox {
  top: number;
  bodyTop: number;
  count: number;
}

export interface WallLayout {
  columns: number;
  cell: CellSize;
  width: number;
  height: number;
  groups: GroupBox[];
}

export const SIZES = {
  large: { width: 186, height: 86, gap: 6 },
  medium: { width: 142, height: 58, gap: 5 },
  small: { width: 34, height: 34, gap: 4 },
} as const satisfies Record<string, CellSize>;
export type SizeName = keyof typeof SIZES;

const BETWEEN_GROUPS = 16;

/** Lays out groups of so many cells below each other; cells are widened so that a row is filled. */
export function layoutWall(counts: readonly number[], width: number, size: CellSize, headHeight: number): WallLayout {
  const columns = Math.max(1, Math.floor((width + size.gap) / (size.width + size.gap)));
  const fullWidth = (width - size.gap * (columns - 1)) / columns;
  const cell = { ...size, width: size.width < 60 ? size.width : fullWidth };
  let top = 0;
  const groups = counts.map((count): GroupBox => {
    const box = { top, bodyTop: top + headHeight, count };
    const lines = Math.ceil(count / columns);
    top = box.bodyTop + lines * (size.height + size.gap) - (lines > 0 ? size.gap : 0) + BETWEEN_GROUPS;
    return box;
  });
  return { columns, cell, width, height: Math.max(0, top - BETWEEN_GROUPS), groups };
}

/** The largest of cells in this shape with which all is seen at once; at worst the smallest. */
export function fitWall(counts: readonly number[], width: number, height: number, headHeight: number): WallLayout {
  for (let cellWidth = 260; cellWidth > 24; cellWidth -= 4) {
    const cellHeight = cellWidth > 70 ? Math.round(cellWidth * 0.42) : cellWidth;
    const size = { width: cellWidth, height: cellHeight, gap: cellWidth > 70 ? 6 : 3 };
    const layout = layoutWall(counts, width, size, headHeight);
    if (layout.height <= height) return layout;
  }
  return layoutWall(counts, width, { width: 22, height: 22, gap: 2 }, headHeight);
}

/** The box of a cell. */
export function rectOf({ groups, columns, cell }: WallLayout, { group, index }: Place): Rect {
  const top = groups[group]?.bodyTop ?? 0;
  const line = Math.floor(index / columns);
  const x = (index % columns) * (cell.width + cell.gap);
  return { x, y: top + line * (cell.height + cell.gap), width: cell.width, height: cell.height };
}

/** The cell at a point; null: between cells, or none. */
export function cellAt(layout: WallLayout, x: number, y: number): Place | null {
  const { cell, columns } = layout;
  const group = layout.groups.findLastIndex(({ bodyTop }) => y >= bodyTop);
  const box = layout.groups[group];
  if (!box || x < 0) return null;
  const column = Math.floor(x / (cell.width + cell.gap));
  const line = Math.floor((y - box.bodyTop) / (cell.height + cell.gap));
  const index = line * columns + column;
  if (column >= columns || index >= box.count) return null;
  const rect = rectOf(layout, { group, index });
  return x < rect.x + rect.width && y < rect.y + rect.height ? { group, index } : null;
}

/** The cells of each group that are between two heights: from `first` to before `end`. */
export function visibleCells(
  layout: WallLayout,
  top: number,
  bottom: number,
): { group: number; first: number; end: number }[] {
  const pitch = layout.cell.height + layout.cell.gap;
  return layout.groups.flatMap(({ bodyTop, count }, group) => {
    const first = Math.max(0, Math.floor((top - bodyTop) / pitch)) * layout.columns;
    const end = Math.min(count, Math.ceil((bottom - bodyTop) / pitch) * layout.columns);
    return end > first ? [{ group, first, end }] : [];
  });
}

/** The cell that a key leads to from `place`. */
export function move(layout: WallLayout, place: Place, key: string): Place {
  const flat = flatten(layout, place);
  const line = layout.columns;
  const by: Record<string, number> = { ArrowRight: 1, ArrowLeft: -1, PageDown: line * 5, PageUp: -line * 5 };
  if (key === 'Home') return unflatten(layout, 0);
  if (key === 'End') return unflatten(layout, Infinity);
  if (key === 'ArrowDown' || key === 'ArrowUp') return vertical(layout, place, key === 'ArrowDown' ? 1 : -1);
  return unflatten(layout, flat + (by[key] ?? 0));
}

/** One line on, in the same column, also into the next group. */
function vertical(layout: WallLayout, { group, index }: Place, by: 1 | -1): Place {
  const count = layout.groups[group]?.count ?? 0;
  const column = index % layout.columns;
  const next = index + by * layout.columns;
  const lastLine = Math.floor((count - 1) / layout.columns);
  if (next >= 0 && Math.floor(next / layout.columns) <= lastLine) return { group, index: Math.min(next, count - 1) };
  const other = layout.groups[group + by];
  if (!other || other.count === 0) return { group, index };
  const line = by === 1 ? 0 : Math.floor((other.count - 1) / layout.columns);
  return { group: group + by, index: Math.min(line * layout.columns + column, other.count - 1) };
}

function flatten({ groups }: WallLayout, { group, index }: Place): number {
  return groups.slice(0, group).reduce((sum, { count }) => sum + count, index);
}

function unflatten({ groups }: WallLayout, flat: number): Place {
  const total = groups.reduce((sum, { count }) => sum + count, 0);
  let left = Math.max(0, Math.min(flat, total - 1));
  for (const [group, { count }] of groups.entries()) {
    if (left < count) return { group, index: left };
    left -= count;
  }
  return { group: 0, index: 0 };
}
