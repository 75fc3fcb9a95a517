/**
 * A terminal taken over while something live is shown: alternate screen, hidden cursor, keys as they are pressed.
 * Guarantees: whatever ends it, `close` leaves the terminal as it was found.
 */
import { emitKeypressEvents } from 'node:readline';
import type { ReadStream, WriteStream } from 'node:tty';
import type { Key } from './watch-state.js';

const ENTER = '\u001b[?1049h\u001b[?25l\u001b[2J';
const LEAVE = '\u001b[?25h\u001b[?1049l';
/** Terminals that know these show a frame at once; the others ignore them. */
const FRAME_START = '\u001b[?2026h';
const FRAME_END = '\u001b[?2026l';

export class Screen {
  private shown: string[] = [];
  private readonly onKeypress: (text: string | undefined, key: Key) => void;
  private readonly onResize: () => void;

  constructor(
    private readonly output: WriteStream,
    private readonly input: ReadStream,
    events: { onKey(key: Key): void; onResize(): void },
  ) {
    this.onKeypress = (text, key) => events.onKey({ ...key, sequence: key.sequence ?? text });
    this.onResize = () => {
      this.shown = [];
      this.output.write('\u001b[2J');
      events.onResize();
    };
    this.open();
  }

  get columns(): number {
    return this.output.columns || 80;
  }

  get lines(): number {
    return this.output.rows || 24;
  }

  /** Shows `lines`; only those that changed are written. */
  draw(lines: string[]): void {
    const visible = lines.slice(0, this.lines);
    let frame = '';
    for (let i = 0; i < Math.max(visible.length, this.shown.length); i += 1) {
      const line = visible[i] ?? '';
      if (line !== this.shown[i]) frame += `\u001b[${i + 1};1H${line}\u001b[K`;
    }
    this.shown = visible;
    if (frame !== '') this.output.write(FRAME_START + frame + FRAME_END);
  }

  close(): void {
    this.input.off('keypress', this.onKeypress);
    this.output.off('resize', this.onResize);
    if (this.input.isTTY) this.input.setRawMode(false);
    this.input.pause();
    this.output.write(LEAVE);
  }

  private open(): void {
    this.output.write(ENTER);
    this.output.on('resize', this.onResize);
    if (!this.input.isTTY) return;
    emitKeypressEvents(this.input);
    this.input.setRawMode(true);
    this.input.resume();
    this.input.on('keypress', this.onKeypress);
  }
}
