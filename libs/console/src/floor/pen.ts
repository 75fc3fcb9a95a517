/** Text and boxes on a canvas, in the direction of the language. */
import type { Rect } from './wall-layout.js';

interface TextStyle {
  size: number;
  weight: number;
  colour: string;
  align?: 'start' | 'end' | 'center';
  /** Longer text is cut to this width. */
  room?: number;
}

/** Cut texts are kept, up to so many. */
const KEPT = 4_000;

export class Pen {
  private readonly widths = new Map<string, number>();
  private readonly cuts = new Map<string, string>();

  constructor(
    readonly context: CanvasRenderingContext2D,
    private readonly family: string,
    readonly isRtl: boolean,
  ) {
    context.textBaseline = 'middle';
    context.direction = isRtl ? 'rtl' : 'ltr';
  }

  /** The place `offset` after the beginning of a box, for something `width` wide. */
  x(box: Rect, offset: number, width = 0): number {
    return this.isRtl ? box.x + box.width - offset - width : box.x + offset;
  }

  text(text: string, x: number, y: number, { align = 'start', room, ...font }: TextStyle): void {
    this.context.font = this.fontOf(font);
    this.context.fillStyle = font.colour;
    this.context.textAlign = align;
    this.context.fillText(room === undefined ? text : this.cut(text, room), x, y);
  }

  measure(text: string, font: Pick<TextStyle, 'size' | 'weight'>): number {
    this.context.font = this.fontOf(font);
    return this.widthOf(text);
  }

  roundedRect({ x, y, width, height }: Rect, radius: number): void {
    this.context.beginPath();
    this.context.roundRect(x, y, width, height, radius);
  }

  /** A line inside the edge of a box. */
  outline({ x, y, width, height }: Rect, radius: number, colour: string, line: number): void {
    this.context.strokeStyle = colour;
    this.context.lineWidth = line;
    this.roundedRect(
      { x: x + line / 2, y: y + line / 2, width: width - line, height: height - line },
      radius - line / 2,
    );
    this.context.stroke();
  }

  private fontOf({ size, weight }: Pick<TextStyle, 'size' | 'weight'>): string {
    return `${weight} ${Math.round(size * 4) / 4}px ${this.family}`;
  }

  private widthOf(text: string): number {
    const key = `${this.context.font}|${text}`;
    const known = this.widths.get(key);
    if (known !== undefined) return known;
    if (this.widths.size > KEPT) this.widths.clear();
    const { width } = this.context.measureText(text);
    this.widths.set(key, width);
    return width;
  }

  private cut(text: string, room: number): string {
    const key = `${this.context.font}|${Math.round(room)}|${text}`;
    const known = this.cuts.get(key);
    if (known !== undefined) return known;
    if (this.cuts.size > KEPT) this.cuts.clear();
    let shown = text;
    for (let length = text.length - 1; this.widthOf(shown) > room && length > 0; length -= 1) {
      shown = `${text.slice(0, length).trimEnd()}…`;
    }
    this.cuts.set(key, shown);
    return shown;
  }
}
