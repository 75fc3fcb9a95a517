/** What WhatsApp repeats in its reports of a message, so that it is known again whatever became of its sender. */
const PREFIX = 'muster:';
const REFERENCE = /^muster:([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/;

export function referenceOf(messageId: string): string {
  return `${PREFIX}${messageId}`;
}

/** The message of a reference; null when it isn't one of ours. */
export function messageOf(reference: string | null): string | null {
  return REFERENCE.exec(reference ?? '')?.[1] ?? null;
}
