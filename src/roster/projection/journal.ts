/**
 * What a projection knows of the past and PostgreSQL doesn't: at which offset each row last changed, and who
 * left since. A node that loads a workspace starts from another node's journal, so that all nodes answer the
 * same offsets and any of them can replay.
 */
import type { HistoryRecord } from './history.js';

/** Offsets of an agent's last changes: of its row, of its standing with reasons, of its place among the assignable. */
export type Marks = readonly [row: number, standing: number, place: number];

export interface Journal {
  epoch: string;
  offset: number;
  at: number;
  bucket: number;
  /** By agent. Missing: `offset`. */
  marks: ReadonlyMap<string, Marks>;
  teamMarks: ReadonlyMap<string, number>;
  history: HistoryRecord;
  /** Versions of conversations that count for nobody, newest last: a late older version must not revive them. */
  settled: readonly [id: string, version: number][];
}

/** The journal of an epoch that just began. */
export function emptyJournal(head: { epoch: string; offset: number; at: number; bucket: number }): Journal {
  const { epoch, offset, at, bucket } = head;
  const history = { floor: offset, departures: [], teamEnds: [], arrivals: [] };
  return { epoch, offset, at, bucket, marks: new Map(), teamMarks: new Map(), history, settled: [] };
}

export function encodeJournal(journal: Journal): string {
  return JSON.stringify({ ...journal, marks: [...journal.marks], teamMarks: [...journal.teamMarks] });
}

export function decodeJournal(data: string): Journal {
  const wire = JSON.parse(data) as Omit<Journal, 'marks' | 'teamMarks'> & {
    marks: [string, Marks][];
    teamMarks: [string, number][];
  };
  return { ...wire, marks: new Map(wire.marks), teamMarks: new Map(wire.teamMarks) };
}
