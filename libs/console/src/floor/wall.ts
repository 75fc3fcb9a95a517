/**
 * The wall: one canvas over a scrolled area, drawn when something changes and never more often than the screen.
 * Called by wall-view.tsx; knows no React.
 *
 * Guarantees: only cells in sight are drawn; the order is held while the pointer or the keyboard is on the wall.
 * Must never happen: a selection that jumps to another agent because the order changed.
 */
import { findRoster, type LiveRoster, type RosterView, sortRoster } from '#client';
import { type Frame, paintCell } from './cell-painter.js';
import type { FloorQuery } from './floor-query.js';
import { HEAD_HEIGHT, type HeadWords, paintHead } from './head-painter.js';
import { scaleEnd } from './heat.js';
import { type Palette, readPalette } from './palette.js';
import { Pen } from './pen.js';
import {
  cellAt,
  fitWall,
  layoutWall,
  move,
  type Place,
  rectOf,
  SIZES,
  visibleCells,
  type WallLayout,
} from './wall-layout.js';
import { groupRows, SteadyOrder, type WallGroup } from './wall-model.js';

export interface WallOptions {
  query: FloorQuery;
  isRtl: boolean;
  isFrozen: boolean;
  selected: string | null;
  /** Agents about whom an alert is open. */
  alarmed: ReadonlySet<string>;
  words: HeadWords;
}

export interface WallEvents {
  select(id: string | null): void;
  /** The order is held, or not any more. */
  hold(held: boolean): void;
}

/** How often the order and the groups are worked out again; numbers are drawn as they come. */
const MODEL_EVERY_MS = 250;
const MOVES = new Set(['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight', 'Home', 'End', 'PageUp', 'PageDown']);
const MIRRORED: Record<string, string> = { ArrowLeft: 'ArrowRight', ArrowRight: 'ArrowLeft' };

export class Wall {
  private readonly context: CanvasRenderingContext2D;
  private readonly order = new SteadyOrder();
  private readonly stop: (() => void)[] = [];
  private options: WallOptions | null = null;
  private palette: Palette | null = null;
  private pen: Pen | null = null;
  private groups: WallGroup[] = [];
  private layout: WallLayout = layoutWall([], 100, SIZES.medium, 0);
  private scale = 0;
  private modelled = { at: -Infinity, view: null as RosterView | null };
  private frame = 0;
  private later = 0;
  private hovered: Place | null = null;
  private held = { pointer: false, keyboard: false };

  constructor(
    private readonly area: HTMLElement,
    private readonly spacer: HTMLElement,
    private readonly canvas: HTMLCanvasElement,
    private readonly roster: LiveRoster,
    private readonly events: WallEvents,
  ) {
    this.context = canvas.getContext('2d') as CanvasRenderingContext2D;
    this.stop.push(roster.subscribe(() => this.draw()));
    const beat = window.setInterval(() => this.draw(), 1_000);
    const sizes = new ResizeObserver(() => this.anew());
    sizes.observe(area);
    const themes = new MutationObserver(() => this.repaint());
    themes.observe(document.documentElement, { attributeFilter: ['data-mantine-color-scheme', 'dir'] });
    this.stop.push(
      () => window.clearInterval(beat),
      () => sizes.disconnect(),
      () => themes.disconnect(),
    );
    this.listen('scroll', () => this.draw());
    this.listen('pointermove', (event) => this.point(event));
    this.listen('pointerleave', () => this.unpoint());
    this.listen('click', (event) => this.click(event));
    this.listen('keydown', (event) => this.key(event));
    this.listen('focus', () => this.hold({ keyboard: area.matches(':focus-visible') }));
    this.listen('blur', () => this.hold({ keyboard: false }));
  }

  update(options: WallOptions): void {
    const isTurned = options.isRtl !== this.options?.isRtl;
    this.options = options;
    if (isTurned) this.repaint();
    this.anew();
  }

  end(): void {
    for (const stop of this.stop) stop();
    cancelAnimationFrame(this.frame);
    window.clearTimeout(this.later);
  }

  private listen<E extends keyof HTMLElementEventMap>(
    event: E,
    listener: (event: HTMLElementEventMap[E]) => void,
  ): void {
    this.area.addEventListener(event, listener);
    this.stop.push(() => this.area.removeEventListener(event, listener));
  }

  private repaint(): void {
    this.palette = null;
    this.pen = null;
    this.draw();
  }

  private anew(): void {
    this.modelled.at = -Infinity;
    this.draw();
  }

  private draw(): void {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      this.paint();
    });
  }

  private paint(): void {
    const { options } = this;
    const { view } = this.roster.current;
    if (!options || !view) return;
    const now = Date.parse(view.asOf) + this.roster.ageMs;
    this.model(view, options);
    this.resize();
    const palette = (this.palette ??= readPalette(document.documentElement));
    const pen = (this.pen ??= new Pen(this.context, palette.font, options.isRtl));
    const top = this.area.scrollTop;
    this.context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    this.context.save();
    this.context.translate(0, -top);
    this.paintAll({ pen, palette, scale: this.scale, now, alarmed: options.alarmed }, view, top, options);
    this.context.restore();
  }

  private paintAll(frame: Frame, view: RosterView, top: number, options: WallOptions): void {
    const bottom = top + this.area.clientHeight;
    for (const { group, first, end } of visibleCells(this.layout, top, bottom)) {
      for (let index = first; index < end; index += 1) {
        const id = this.groups[group]?.rows[index]?.id ?? '';
        const row = view.rows.get(id);
        if (!row) continue;
        const isHovered = this.hovered?.group === group && this.hovered.index === index;
        paintCell(frame, row, this.mirrored({ group, index }), { isHovered, isSelected: id === options.selected });
      }
    }
    if (!options.query.byTeam) return;
    this.layout.groups.forEach((box, index) => {
      const group = this.groups[index];
      const isInSight = box.bodyTop > top && box.top < bottom;
      if (group && isInSight)
        paintHead(frame, group, { x: 0, y: box.top, width: this.layout.width, height: HEAD_HEIGHT }, options.words);
    });
  }

  private model(view: RosterView, { query, isFrozen }: WallOptions): void {
    const now = performance.now();
    if (view === this.modelled.view && now - this.modelled.at < 1_000) return;
    const wait = MODEL_EVERY_MS - (now - this.modelled.at);
    if (wait > 0) {
      this.later ||= window.setTimeout(() => ((this.later = 0), this.draw()), wait);
      return;
    }
    this.modelled = { at: now, view };
    const key = JSON.stringify([query.sort, query.teamId, query.presence, query.search, query.byTeam]);
    const isHeld = isFrozen || this.held.pointer || this.held.keyboard;
    const found = findRoster(view, query);
    const rows = this.order.apply(found, (some) => sortRoster(some, query.sort), { key, now, held: isHeld });
    this.groups = groupRows(view, rows, query.byTeam);
    this.scale = scaleEnd(
      [...view.rows.values()].map((row) => row.density.m5),
      this.scale,
    );
    this.arrange(query);
  }

  private arrange(query: FloorQuery): void {
    const counts = this.groups.map(({ rows }) => rows.length);
    const head = query.byTeam ? HEAD_HEIGHT : 0;
    const { clientWidth, clientHeight } = this.area;
    this.layout = query.tv
      ? fitWall(counts, clientWidth, clientHeight, head)
      : layoutWall(counts, clientWidth, SIZES[query.size], head);
    this.spacer.style.height = `${Math.ceil(Math.max(this.layout.height, clientHeight))}px`;
  }

  /** The canvas is as large as the area in sight, in the screen's own pixels. */
  private resize(): void {
    const { clientWidth: width, clientHeight: height } = this.area;
    const ratio = window.devicePixelRatio || 1;
    const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (this.canvas.width === wide && this.canvas.height === high) return;
    this.canvas.width = wide;
    this.canvas.height = high;
    this.canvas.style.width = `${width}px`;
    this.canvas.style.height = `${height}px`;
    this.context.scale(ratio, ratio);
    this.pen = null;
  }

  private mirrored(place: Place) {
    const box = rectOf(this.layout, place);
    return this.options?.isRtl ? { ...box, x: this.layout.width - box.x - box.width } : box;
  }

  private placeOf(event: MouseEvent): Place | null {
    const { left, top } = this.area.getBoundingClientRect();
    const x = event.clientX - left;
    const at = this.options?.isRtl ? this.layout.width - x : x;
    return cellAt(this.layout, at, event.clientY - top + this.area.scrollTop);
  }

  private idAt(place: Place | null): string | null {
    return (place && this.groups[place.group]?.rows[place.index]?.id) ?? null;
  }

  private point(event: PointerEvent): void {
    this.hovered = this.placeOf(event);
    this.area.style.cursor = this.hovered ? 'pointer' : '';
    if (event.pointerType === 'mouse') this.hold({ pointer: true });
    this.draw();
  }

  private unpoint(): void {
    this.hovered = null;
    this.hold({ pointer: false });
    this.draw();
  }

  private click(event: MouseEvent): void {
    const id = this.idAt(this.placeOf(event));
    this.events.select(id === this.options?.selected ? null : id);
  }

  private key(event: KeyboardEvent): void {
    if (event.key === 'Escape') return this.events.select(null);
    if (!MOVES.has(event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.hold({ keyboard: true });
    const key = this.options?.isRtl ? (MIRRORED[event.key] ?? event.key) : event.key;
    const from = this.find(this.options?.selected ?? null);
    const place = from ? move(this.layout, from, key) : { group: 0, index: 0 };
    this.reveal(place);
    this.events.select(this.idAt(place));
  }

  private find(id: string | null): Place | null {
    for (const [group, { rows }] of this.groups.entries()) {
      const index = rows.findIndex((row) => row.id === id);
      if (index >= 0) return { group, index };
    }
    return null;
  }

  private reveal(place: Place): void {
    const { y, height } = rectOf(this.layout, place);
    const { scrollTop, clientHeight } = this.area;
    const head = this.options?.query.byTeam ? HEAD_HEIGHT : 0;
    if (y - head < scrollTop) this.area.scrollTop = y - head;
    else if (y + height > scrollTop + clientHeight) this.area.scrollTop = y + height - clientHeight + 8;
  }

  private hold(change: Partial<Wall['held']>): void {
    const before = this.held.pointer || this.held.keyboard;
    this.held = { ...this.held, ...change };
    const after = this.held.pointer || this.held.keyboard;
    if (before !== after) this.events.hold(after);
  }
}
