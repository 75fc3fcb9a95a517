import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A generated file: its path from the checkout's root, and what belongs in it. */
export interface GeneratedFile {
  path: string;
  text: string;
}

/** Writes the files into the checkout `root`, and says so. */
export function writeGenerated(root: string, files: GeneratedFile[]): void {
  for (const { path, text } of files) {
    writeFileSync(join(root, path), text);
    process.stdout.write(`${path}: ${text.split('\n').length - 1} lines\n`);
  }
}
