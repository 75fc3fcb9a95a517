/**
 * Reads the body of `POST /interactions`. Pure, and hand-written because it runs for every interaction.
 *
 * What is wrong with the body as a whole (no array, too many, unknown members) refuses all of it; what is wrong
 * with one interaction rejects that one and leaves the others alone. Whether its conversation and agent exist
 * is the database's to say.
 */
import type { Direction, IngestAnswer, InteractionRejection, ProblemDetail } from '#contracts';

/** An interaction that is well-formed. */
export interface Interaction {
  /** Its position in the body. */
  index: number;
  id: string;
  conversationId: string;
  /** Null: the conversation's assignee. */
  agentId: string | null;
  /** By somebody who is no agent: it counts for the team only. */
  isOutsider?: boolean;
  direction: Direction;
  /** Milliseconds since 1970. */
  at: number;
}

export type Rejected = IngestAnswer['rejected'][number] & { code: InteractionRejection };

export type IngestInput =
  { ok: true; interactions: Interaction[]; rejected: Rejected[] } | { ok: false; errors: ProblemDetail[] };

export const MAX_INTERACTIONS = 1_000;
export const OLDEST_MS = 7 * 24 * 3600 * 1000;
export const NEWEST_MS = 5 * 60 * 1000;
const MAX_ID_LENGTH = 200;
const MAX_ERRORS = 20;
const MEMBERS = new Set(['id', 'conversationId', 'agentId', 'direction', 'at']);
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
// oxlint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f]/;

/** The interactions of `body` as of `now`, or why the body is refused. */
export function readInteractions(body: unknown, now: number): IngestInput {
  const errors = envelopeErrors(body);
  if (errors.length > 0) return { ok: false, errors };
  const interactions: Interaction[] = [];
  const rejected: Rejected[] = [];
  for (const [index, item] of (body as { interactions: unknown[] }).interactions.entries()) {
    const read = readInteraction(item, index, now);
    if ('code' in read) rejected.push(read);
    else interactions.push(read);
  }
  return { ok: true, interactions, rejected };
}

/** Whether an interaction of this time is accepted at `now`: from 7 days ago to 5 minutes ahead. */
export function isInRange(at: number, now: number): boolean {
  return at >= now - OLDEST_MS && at <= now + NEWEST_MS;
}

/** Whether `id` can identify an interaction: 1 to 200 characters that PostgreSQL can store, none of them a control character. */
export function isInteractionId(id: unknown): id is string {
  if (typeof id !== 'string' || id.length === 0 || id.length > 2 * MAX_ID_LENGTH) return false;
  if (id.length > MAX_ID_LENGTH && [...id].length > MAX_ID_LENGTH) return false;
  return !CONTROL.test(id) && id.isWellFormed();
}

function envelopeErrors(body: unknown): ProblemDetail[] {
  if (!isObject(body))
    return [{ pointer: '', code: 'is_object', detail: 'Send an object with the member interactions.' }];
  const errors = unknownMembers(body, new Set(['interactions']), '');
  const { interactions } = body;
  const pointer = '/interactions';
  if (!Array.isArray(interactions))
    return [...errors, { pointer, code: 'is_array', detail: 'interactions must be an array.' }];
  if (interactions.length === 0)
    errors.push({ pointer, code: 'array_min_size', detail: 'Send at least 1 interaction.' });
  if (interactions.length > MAX_INTERACTIONS) {
    errors.push({
      pointer,
      code: 'array_max_size',
      detail: `Send at most ${MAX_INTERACTIONS} interactions at a time.`,
    });
  }
  for (const [index, item] of interactions.entries()) {
    if (errors.length >= MAX_ERRORS) break;
    if (isObject(item)) errors.push(...unknownMembers(item, MEMBERS, `${pointer}/${index}`));
  }
  return errors.slice(0, MAX_ERRORS);
}

function unknownMembers(value: Record<string, unknown>, known: ReadonlySet<string>, parent: string): ProblemDetail[] {
  const errors: ProblemDetail[] = [];
  for (const member in value) {
    if (known.has(member)) continue;
    const name = member.slice(0, 100);
    const pointer = `${parent}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    errors.push({ pointer, code: 'unknown_field', detail: `${name} is not a known field.` });
  }
  return errors;
}

function readInteraction(item: unknown, index: number, now: number): Interaction | Rejected {
  if (!isObject(item)) return { index, code: 'invalid', detail: 'An interaction is an object.' };
  const { id, conversationId, agentId = null, direction } = item;
  if (!isInteractionId(id))
    return { index, code: 'id_invalid', detail: 'id must be 1 to 200 characters, without control characters.' };
  if (!isUuid(conversationId)) return conversationNotFound(index);
  if (agentId !== null && !isUuid(agentId)) return agentNotFound(index);
  if (direction !== 'inbound' && direction !== 'outbound') {
    return { index, code: 'direction_invalid', detail: 'direction must be inbound or outbound.' };
  }
  const at = parseTime(item.at);
  if (at === null)
    return {
      index,
      code: 'at_invalid',
      detail: 'at must be an ISO-8601 time with a zone, such as 2026-11-23T10:15:30.123Z.',
    };
  if (!isInRange(at, now))
    return { index, code: 'at_out_of_range', detail: 'at must be from 7 days ago to 5 minutes ahead.' };
  return { index, id, conversationId, agentId, direction, at };
}

/** There is no such conversation in the workspace. */
export function conversationNotFound(index: number): Rejected {
  return { index, code: 'conversation_not_found', detail: 'There is no such conversation in your workspace.' };
}

/** There is no such agent in the workspace. */
export function agentNotFound(index: number): Rejected {
  return { index, code: 'agent_not_found', detail: 'There is no such agent in your workspace.' };
}

const TIME =
  /^(\d{4})-(\d\d)-(\d\d)T([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(?:\.(\d{1,9}))?(?:Z|([+-])([01]\d|2[0-3]):([0-5]\d))$/;

/** An ISO-8601 time as milliseconds; null when it is none, or a day that no calendar has. */
export function parseTime(text: unknown): number | null {
  const match = typeof text === 'string' && text.length <= 40 ? TIME.exec(text) : null;
  if (!match) return null;
  const [, year, month, day, hour, minute, second, fraction = '', sign, zoneHours, zoneMinutes] = match;
  const midnight = Date.UTC(Number(year), Number(month) - 1, Number(day));
  if (new Date(midnight).getUTCMonth() !== Number(month) - 1) return null;
  const offset = sign ? (Number(zoneHours) * 60 + Number(zoneMinutes)) * (sign === '-' ? -60_000 : 60_000) : 0;
  const time =
    (Number(hour) * 3600 + Number(minute) * 60 + Number(second)) * 1000 + Number(fraction.padEnd(3, '0').slice(0, 3));
  return midnight + time - offset;
}

function isUuid(value: unknown): value is string {
  return typeof value === 'string' && UUID.test(value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
