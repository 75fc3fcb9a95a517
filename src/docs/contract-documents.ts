import { asyncApiDocument } from './asyncapi/asyncapi.document.js';
import type { GeneratedFile } from './generated-file.js';
import { openApiDocument } from './openapi/openapi.document.js';
import { Sources } from './sources/sources.js';

/** `openapi.json` and `asyncapi.json` as the code of `root` has them now. */
export async function contractDocuments(root: string): Promise<GeneratedFile[]> {
  const sources = Sources.read(root);
  return [
    { path: 'openapi.json', text: toText(await openApiDocument(root, sources)) },
    { path: 'asyncapi.json', text: toText(asyncApiDocument(root, sources)) },
  ];
}

function toText(document: object): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}
