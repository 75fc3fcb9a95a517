import type { IngestAnswer } from '#contracts';

export interface IngestBody {
  interactions: unknown[];
}

/** The answer of a server that does nothing with what it gets. */
export function accept({ interactions }: IngestBody): IngestAnswer {
  return { accepted: interactions.length, duplicates: 0, rejected: [] };
}
