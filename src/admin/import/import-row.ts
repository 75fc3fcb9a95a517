/** A row of an agents' file as what `POST /agents` would be sent, checked in the same way and refused with the same codes. */
import { AGENT_COLUMNS, type AgentColumn, type ImportError } from '#contracts';
import type { ImportRow } from '../../agents/agent-import.service.js';
import { CreateAgentRequest } from '../../agents/agents.dto.js';
import { ProblemException } from '../../platform/errors/problem.exception.js';
import { createValidationPipe } from '../../platform/http/validation.pipe.js';
import type { CsvRow } from './csv-rows.js';

/** Which teams there are, by id and by name in lower case. */
export type TeamIds = ReadonlyMap<string, string>;

const validator = createValidationPipe();
const BODY = { type: 'body', metatype: CreateAgentRequest } as const;
const TRUE = new Set(['true', 'yes', '1']);
const FALSE = new Set(['false', 'no', '0']);

/** The row as it may be imported, or what is wrong with it. */
export async function checkRow(row: CsvRow, teams: TeamIds): Promise<ImportRow | ImportError[]> {
  const email = (row.cells.email ?? '').trim();
  const at = { line: row.line, email: email.slice(0, 254) };
  if (!row.isWhole) {
    return [{ ...at, column: null, code: 'cells_missing', detail: 'A row has as many cells as the first line.' }];
  }
  try {
    const values = (await validator.transform(requestOf(row.cells, teams), BODY)) as CreateAgentRequest;
    return { ...at, values };
  } catch (error) {
    if (!(error instanceof ProblemException)) throw error;
    return (
      error.extras.errors?.map((each) => ({ ...at, ...each, column: columnOf(each.pointer) })).map(withoutPointer) ?? []
    );
  }
}

/** Cells that are empty say nothing, except that there are no notes, and that the capacity is the team's. */
function requestOf(cells: CsvRow['cells'], teams: TeamIds): Record<string, unknown> {
  const team = (cells.team ?? '').trim();
  const request: Record<string, unknown> = {
    name: cells.name,
    email: cells.email,
    phone: cells.phone,
    teamId: team === '' ? undefined : (teams.get(team.toLowerCase()) ?? 'unknown'),
  };
  if (cells.hidePhone?.trim()) request['hidePhone'] = booleanOf(cells.hidePhone);
  if (cells.status?.trim()) request['status'] = cells.status.trim().toLowerCase();
  if (cells.notes !== undefined) request['notes'] = cells.notes === '' ? null : cells.notes;
  if (cells.capacity !== undefined) request['capacity'] = wholeOf(cells.capacity);
  return request;
}

/** What it isn't, the validator refuses. */
function booleanOf(cell: string): boolean | string {
  const word = cell.trim().toLowerCase();
  return TRUE.has(word) ? true : FALSE.has(word) ? false : cell;
}

function wholeOf(cell: string): number | string | null {
  const digits = cell.trim();
  if (digits === '') return null;
  return /^\d{1,9}$/.test(digits) ? Number(digits) : cell;
}

function columnOf(pointer: string): AgentColumn | null {
  const member = pointer.slice(1);
  return member === 'teamId' ? 'team' : (AGENT_COLUMNS.find((column) => column === member) ?? null);
}

function withoutPointer({ pointer: _, ...error }: ImportError & { pointer: string }): ImportError {
  return error;
}
