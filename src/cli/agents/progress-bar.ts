import type { WriteStream } from 'node:tty';

const WIDTH = 30;

/** A line that shows how far something is; only on a terminal. */
export class ProgressBar {
  constructor(private readonly output: WriteStream) {}

  show(done: number, total: number): void {
    if (this.output.isTTY) this.output.write(`\r${barOf(done, total)}\u001b[K`);
  }

  /** Takes the line away. */
  clear(): void {
    if (this.output.isTTY) this.output.write('\r\u001b[K');
  }
}

/** `████░░ 45 %  45,000 of 100,000`. */
export function barOf(done: number, total: number): string {
  const share = total > 0 ? Math.min(1, done / total) : 1;
  const full = Math.round(share * WIDTH);
  const percent = String(Math.floor(share * 100)).padStart(3);
  const count = (amount: number) => amount.toLocaleString('en');
  return `${'█'.repeat(full)}${'░'.repeat(WIDTH - full)} ${percent} %  ${count(done)} of ${count(total)}`;
}
