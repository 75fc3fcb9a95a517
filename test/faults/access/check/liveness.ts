/** P4, and that all this is not bought by refusing everybody. */
import type { Operation, SocketLife } from '../history.js';
import type { Evidence } from './checker.js';
import { UNCONFIRMED_MS } from './register.js';
import type { Rights } from './rights.js';

/** HTTP needs no Redis; what is live does. */
const FOR_HTTP = ['process', 'postgres'] as const;
const FOR_FRAMES = ['process', 'postgres', 'redis'] as const;
/** Reads whose refusal can only be about rights. */
const SURE = new Set(['me', 'agents', 'conversation', 'login', 'connect']);
/** A heartbeat comes every 5 s; 10 s of silence is stale. */
const SILENCE_MS = 10_000;
/** From the reply of a change until open sockets have been told; a hint that is lost is repeated by the re-sync. */
const TOLD_WITHIN_MS = 3_000;
const TOLD_OF = /:(permissions|hidePhone|team)$/;

export function checkLiveness(evidence: Evidence): void {
  for (const operation of evidence.history.operations) checkOperation(evidence, operation);
  for (const life of evidence.history.sockets) {
    checkFrames(evidence, life);
    checkTold(evidence, life);
  }
}

/** What every order of events allows, on a node that nothing hinders, succeeds. */
function checkOperation({ history, rights, faults, violate, count }: Evidence, operation: Operation): void {
  const { principal, kind, node, needs, invoke, code } = operation;
  if (!SURE.has(kind) || code === 'ended') return;
  const end = Math.min(operation.return, history.endedAt);
  if (faults.mayHinder(node, invoke, end, FOR_HTTP)) return;
  if (!rights.mustThroughout(principal, { permission: needs, raw: false }, invoke, end)) return;
  count('operations that had to succeed');
  if (operation.ok || isCaughtInAChange(rights, operation, end)) return;
  violate({ promise: 'P4', what: `${kind} failed (${code}) though nothing forbade it`, at: end, principal, node });
}

/** What was found under rights that changed on the way is withheld, and may be asked for again. */
function isCaughtInAChange(rights: Rights, { principal, code, invoke }: Operation, end: number): boolean {
  if (code !== 'access_changed') return false;
  const changes = rights.changesOf(principal);
  return changes.some((change) => change.invoke <= end && change.return + UNCONFIRMED_MS >= invoke);
}

/** A subscribed socket of somebody who may hears from its node. */
function checkFrames({ history, rights, faults, violate, count }: Evidence, life: SocketLife): void {
  if (life.subscribedAt === null) return;
  const { principal, node, needs } = life;
  const end = Math.min(life.closedAt, history.endedAt);
  const heard = [life.subscribedAt, ...life.frames.filter((t) => t > life.subscribedAt! && t < end), end];
  for (const [index, from] of heard.slice(0, -1).entries()) {
    const to = heard[index + 1] ?? end;
    count('times a subscription was heard');
    if (to - from <= SILENCE_MS || faults.mayHinder(node, from, to, FOR_FRAMES)) continue;
    if (!rights.mustThroughout(principal, { permission: needs, raw: false }, from, to)) continue;
    const what = `a subscription on ${life.namespace} was silent for ${Math.round(to - from)} ms`;
    violate({ promise: 'P4', what, at: to, principal, node });
  }
}

/** A socket that stays open is told what it may do now. */
function checkTold({ history, rights, faults, violate, count }: Evidence, life: SocketLife): void {
  const { principal, node, needs, connectedAt, told } = life;
  if (rights.principal(principal).kind === 'api_key') return;
  const end = Math.min(life.closedAt, history.endedAt);
  for (const change of rights.changesOf(principal)) {
    const { register, invoke, return: replied, outcome } = change;
    const until = replied + TOLD_WITHIN_MS;
    if (!TOLD_OF.test(register) || outcome !== 'done' || connectedAt >= invoke || until >= end) continue;
    if (!rights.isNews(change)) continue;
    if (faults.mayHinder(node, invoke, until, FOR_HTTP)) continue;
    if (!rights.mustThroughout(principal, { permission: needs, raw: false }, connectedAt, until)) continue;
    if (!rights.isItsTeam(principal, register, invoke, until)) continue;
    count('changes that open sockets had to be told of');
    if (told.some((t) => t >= invoke && t <= until)) continue;
    const what = `a socket on ${life.namespace} was not told of ${register} within ${TOLD_WITHIN_MS} ms`;
    violate({ promise: 'P4', what, at: until, principal, node });
  }
}
