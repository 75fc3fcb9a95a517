/** `npm run docs:contracts`: writes the documents of the API into the checkout it is run in. */
import 'reflect-metadata';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { contractDocuments } from './contract-documents.js';

const root = process.cwd();
for (const { path, text } of await contractDocuments(root)) {
  writeFileSync(join(root, path), text);
  process.stdout.write(`${path}: ${text.split('\n').length - 1} lines\n`);
}
