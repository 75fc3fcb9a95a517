/** Agents as CSV files: what an import says while it works, and what came of it. */
import type { Problem } from './problem.js';
import type { Receipt } from './receipts.js';

/** The columns of an agents' file, in the order of an export. The first four must be there in an import. */
export const AGENT_COLUMNS = ['name', 'email', 'phone', 'team', 'hidePhone', 'status', 'notes', 'capacity'] as const;

/** A column of an agents' file. */
export type AgentColumn = (typeof AGENT_COLUMNS)[number];

/** How many rows of an import met which end. `created`, `updated`, `unchanged` and `failed` make `rows`. */
export interface ImportCounts {
  /** Rows seen so far. */
  rows: number;
  created: number;
  updated: number;
  /** The agent was as the row says. */
  unchanged: number;
  /** Not taken; `errors` says why. */
  failed: number;
}

/** Why a row of an import was not taken. */
export interface ImportError {
  /** The line of the file that the row begins on; the header is line 1. */
  line: number;
  /** The e-mail in the row, as it is there. */
  email: string;
  /** Where it is wrong; null: the row as a whole. */
  column: AgentColumn | null;
  /** As for `POST /agents`, for example `phone_invalid`; also `email_repeated` and `cells_missing`. */
  code: string;
  /** What to do, in a sentence. */
  detail: string;
}

/** How far an import is. */
export interface ImportProgress extends ImportCounts {
  type: 'progress';
  /** Rows in the file. */
  total: number;
}

/** What came of an import. */
export interface ImportDone extends ImportCounts {
  type: 'done';
  dryRun: boolean;
  /** Whether what is counted was written: not by a dry run, and not by an atomic import in which a row failed. */
  written: boolean;
  /** The first hundred; `failed` counts all rows that have one. */
  errors: ImportError[];
  /** Proof that rights which the import took away are gone everywhere. */
  receipt?: Receipt;
}

/** An import that could not go on. What is counted was written; importing the same file again does the rest. */
export interface ImportFailed extends ImportCounts {
  type: 'failed';
  errors: ImportError[];
  /** Proof for what was written. */
  receipt?: Receipt;
  /** Why. */
  problem: Problem;
}

/**
 * One line of the answer to an import. The last one is `done` or `failed`; an answer that ends without has been cut
 * off, and whatever it did not count may be written or not: importing the same file again is harmless.
 */
export type AgentImportEvent = ImportProgress | ImportDone | ImportFailed;
