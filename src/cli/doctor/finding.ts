/** What a check found: fine, to be repaired, or nothing to check. */
export interface Finding {
  check: string;
  outcome: 'ok' | 'failed' | 'skipped';
  /** What was seen; never a secret. */
  detail: string;
  /** What to do, when something is to be repaired. */
  advice?: string;
}

export function ok(check: string, detail: string): Finding {
  return { check, outcome: 'ok', detail };
}

export function failed(check: string, detail: string, advice: string): Finding {
  return { check, outcome: 'failed', detail, advice };
}

/** There is nothing to check, or it does not matter; `advice` may still say what would be better. */
export function skipped(check: string, detail: string, advice?: string): Finding {
  return { check, outcome: 'skipped', detail, ...(advice ? { advice } : {}) };
}
