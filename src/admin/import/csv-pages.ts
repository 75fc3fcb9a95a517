import { validationFailed } from '../../platform/errors/problem.exception.js';
import { type CsvRow, readRows } from './csv-rows.js';
import type { CsvUpload } from './csv-upload.js';

const PAGE = 1_000;

/** Looks through the whole file. 422 for what is no such file, or has more rows than `limit`. */
export async function countRows(upload: CsvUpload, limit: number): Promise<number> {
  let count = 0;
  for await (const _ of readRows(upload)) {
    if (++count > limit) {
      const detail = `A file has at most ${limit.toLocaleString('en')} rows; split it.`;
      throw validationFailed([{ pointer: '', code: 'too_many_rows', detail }]);
    }
  }
  return count;
}

/** The rows, a thousand at a time. */
export async function* pagesOf(upload: CsvUpload): AsyncGenerator<CsvRow[], void, undefined> {
  let page: CsvRow[] = [];
  for await (const row of readRows(upload)) {
    page.push(row);
    if (page.length === PAGE) {
      yield page;
      page = [];
    }
  }
  if (page.length > 0) yield page;
}
