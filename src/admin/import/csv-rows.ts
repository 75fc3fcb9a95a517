/** The rows of an agents' file: its header, whatever separates its columns, and where each row begins. */
import { CsvError, type Info, parse } from 'csv-parse';
import { AGENT_COLUMNS, type AgentColumn } from '#contracts';
import { type ProblemException, validationFailed } from '../../platform/errors/problem.exception.js';
import { fromCell } from '../../platform/http/csv-cell.js';
import type { CsvUpload } from './csv-upload.js';

/** A row as it is in the file. */
export interface CsvRow {
  line: number;
  /** What is in its columns; those that the file doesn't have are missing. */
  cells: Partial<Record<AgentColumn, string>>;
  /** Whether it has as many cells as the header. */
  isWhole: boolean;
}

const REQUIRED: readonly AgentColumn[] = ['name', 'email', 'phone', 'team'];
const SEPARATORS = [',', ';', '\t'] as const;
/** More than any header has. */
const HEAD_BYTES = 2_048;
/** Five thousand characters of notes in four bytes each, and then some. */
const MAX_ROW_BYTES = 64 * 1024;

type Found = { info: Info; record: string[] };

/** The rows, one after the other. 422 for a file that is not what it should be: `columns_wrong`, `csv_malformed`, `row_too_long`. */
export async function* readRows(upload: CsvUpload): AsyncGenerator<CsvRow, void, undefined> {
  const source = upload.read();
  const parser = source.pipe(
    parse({
      bom: true,
      delimiter: separatorOf(await upload.head(HEAD_BYTES)),
      info: true,
      max_record_size: MAX_ROW_BYTES,
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      skip_empty_lines: true,
      skip_records_with_empty_values: true,
    }),
  );
  source.once('error', (error) => parser.destroy(error));
  const lineOf = lineCounter();
  let columns: AgentColumn[] | null = null;
  try {
    for await (const found of parser as AsyncIterable<Found>) {
      const line = lineOf(found);
      if (columns) yield toRow(found.record, columns, line);
      else columns = columnsOf(found.record);
    }
  } catch (error) {
    throw malformed(error);
  } finally {
    source.destroy();
  }
  if (!columns) throw wrongColumns('The file is empty.');
}

/** Whatever separates most of the names in the first line. */
function separatorOf(head: string): string {
  const [first = ''] = head.split(/\r\n|\n|\r/, 1);
  const count = (separator: string) => first.split(separator).length;
  return SEPARATORS.reduce((best, each) => (count(each) > count(best) ? each : best));
}

function columnsOf(header: string[]): AgentColumn[] {
  const names = header.map((name) => name.trim());
  const columns = names.map((name) => AGENT_COLUMNS.find((known) => known.toLowerCase() === name.toLowerCase()));
  const unknown = names.filter((_, index) => !columns[index]);
  const missing = REQUIRED.filter((name) => !columns.includes(name));
  if (unknown.length > 0) throw wrongColumns(`There is no column ${quoted(unknown)}.`);
  if (missing.length > 0) throw wrongColumns(`There must be a column ${missing.join(', ')}.`);
  if (new Set(columns).size < columns.length) throw wrongColumns('A column is there twice.');
  return columns as AgentColumn[];
}

function toRow(record: string[], columns: AgentColumn[], line: number): CsvRow {
  const cells = Object.fromEntries(columns.map((column, index) => [column, fromCell(record[index] ?? '')]));
  return { line, cells, isWhole: record.length === columns.length };
}

/** The parser knows the line on which a row ends, but takes the two characters of a line break in quotes for two. */
function lineCounter(): (found: Found) => number {
  let tooMany = 0;
  return ({ record, info }) => {
    const text = record.join('\0');
    tooMany += text.match(/\r\n/g)?.length ?? 0;
    return info.lines - tooMany - (text.match(/\r\n|\n|\r/g)?.length ?? 0);
  };
}

function wrongColumns(what: string): ProblemException {
  const detail = `${what} The first line names the columns: ${REQUIRED.join(', ')}, and if you like hidePhone, status, notes, capacity.`;
  return validationFailed([{ pointer: '', code: 'columns_wrong', detail }]);
}

function quoted(names: string[]): string {
  return names
    .map((name) => `“${name.slice(0, 40)}”`)
    .slice(0, 5)
    .join(', ');
}

function malformed(error: unknown): unknown {
  if (!(error instanceof CsvError)) return error;
  const { code, lines } = error as CsvError & { lines?: number };
  const isLong = code === 'CSV_MAX_RECORD_SIZE';
  const detail = isLong
    ? `The row that ends beyond line ${lines} is longer than 64 kB, or a quote in it is never closed.`
    : `Line ${lines} is no CSV: a text with quotes in it stands in quotes, and each quote in it is doubled.`;
  return validationFailed([{ pointer: '', code: isLong ? 'row_too_long' : 'csv_malformed', detail }]);
}
