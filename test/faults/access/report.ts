/** What a run found, for people: the promise that was broken, and the slice of the history around it. */
import type { Violation } from './check/checker.js';
import { Faults } from './check/faults.js';
import { Rights } from './check/rights.js';
import type { Change, Fault, History, Operation, SocketLife } from './history.js';
import type { Outcome } from './run.js';

const SHOWN = 5;
const BEFORE_MS = 1_500;
const AFTER_MS = 300;
/** Beyond this, only the last writes are of interest. */
const SHOWN_MS = 12_000;
const LINES = 40;

export function describe({ violations, coverage, syncedAfterMs, history }: Outcome): string {
  const counts = Object.entries(coverage).map(([what, count]) => `  ${String(count).padStart(7)} ${what}`);
  const synced = syncedAfterMs === null ? [] : [`  everything synced ${syncedAfterMs} ms after the last fault`];
  const found = violations.length === 0 ? ['no violation'] : summary(violations);
  const slices = pickShown(violations).map((violation) => slice(violation, history));
  return [...counts, ...synced, ...latencies(history), ...found, ...slices].join('\n');
}

/** How long writes that take rights away took, on the whole and apart from faults. */
function latencies({ changes, faults }: History): string[] {
  const answered = changes.filter(({ reduces, outcome }) => reduces && outcome === 'done');
  const calm = answered.filter(
    ({ invoke, return: end }) => new Faults(faults).around(invoke - 4_000, end).length === 0,
  );
  return [['rights taken away', answered] as const, ['rights taken away, far from faults', calm] as const].flatMap(
    ([what, writes]) => {
      const took = writes.map((write) => write.return - write.invoke).sort((a, b) => a - b);
      const at = (part: number) => Math.round(took[Math.floor(took.length * part)] ?? 0);
      return took.length === 0 ? [] : [`  ${what}: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, of ${took.length}`];
    },
  );
}

function summary(violations: readonly Violation[]): string[] {
  const groups = Map.groupBy(violations, ({ promise }) => promise);
  return [...groups].map(([promise, all]) => `${all.length} violations of ${promise}`);
}

/** The first of each promise, then the next ones. */
function pickShown(violations: readonly Violation[]): Violation[] {
  const firsts = [...Map.groupBy(violations, ({ promise }) => promise).values()].flatMap(([first]) => first ?? []);
  return [...new Set([...firsts, ...violations])].slice(0, SHOWN);
}

/** A violation with what happened to its principal around it; times are relative to it. */
export function slice(violation: Violation, history: History): string {
  const { promise, what, at, principal, node } = violation;
  const lines: [number, string][] = [
    ...changesFor(violation, history).flatMap(changeLines),
    ...operationsFor(violation, history).map(operationLine),
    ...history.sockets.filter((life) => life.principal === principal && life.node === node).flatMap(socketLines),
    ...new Faults(history.faults).around(at - 10_000, at + AFTER_MS).flatMap(faultLines),
  ];
  const shown = lines
    .filter(([t]) => t >= at - SHOWN_MS && t <= at + SHOWN_MS)
    .sort(([a], [b]) => a - b)
    .slice(-LINES);
  const head = `\n${promise}: ${what} (${principal ?? 'nobody in particular'}, node-${node ?? '?'})`;
  return [head, ...shown.map(([t, line]) => `  ${relative(t - at)} ${line}`), `  ${relative(0)} <- this`].join('\n');
}

function changesFor({ principal, at }: Violation, history: History): Change[] {
  const changes = principal ? new Rights(history).changesOf(principal) : history.changes;
  return changes.filter((change) => change.invoke <= at + AFTER_MS).slice(-8);
}

function operationsFor({ principal, at, node }: Violation, history: History): Operation[] {
  return history.operations.filter(
    (operation) =>
      operation.principal === principal &&
      operation.node === node &&
      operation.invoke <= at + AFTER_MS &&
      operation.return >= at - BEFORE_MS,
  );
}

function changeLines({ register, value, invoke, return: end, outcome, status, receipt }: Change): [number, string][] {
  const name = `${register} = ${JSON.stringify(value)}`;
  const nodes =
    receipt?.nodes?.map(({ node, outcome: how, ms }) => `${node} ${how} ${ms} ms`).join(', ') ?? 'no receipt';
  const begins: [number, string] = [invoke, `write ${name} begins`];
  if (end === invoke) return [[invoke, `${name} at first`]];
  return Number.isFinite(end) ? [begins, [end, `write ${name} is ${outcome} (${status}; ${nodes})`]] : [begins];
}

function operationLine({ kind, invoke, return: end, code, raw, port }: Operation): [number, string] {
  const took = Number.isFinite(end) ? `${Math.round(end - invoke)} ms` : 'no answer';
  return [invoke, `${kind} from port ${port ?? '?'}: ${code}${raw ? ', raw number' : ''}, ${took}`];
}

function socketLines({ namespace, port, connectedAt, closedAt, subscribedAt }: SocketLife): [number, string][] {
  const name = `the socket on ${namespace} from port ${port ?? '?'}${subscribedAt === null ? '' : ', subscribed,'}`;
  const begins: [number, string] = [connectedAt, `${name} is connected`];
  return Number.isFinite(closedAt) ? [begins, [closedAt, `${name} is closed`]] : [begins];
}

function faultLines({ kind, part, node, from, to }: Fault): [number, string][] {
  const where = node === null ? 'all nodes' : `node-${node}`;
  const begins: [number, string] = [from, `fault: ${kind} of ${part} on ${where}`];
  return Number.isFinite(to) ? [begins, [to, `healed: ${kind} of ${part} on ${where}`]] : [begins];
}

function relative(ms: number): string {
  return `${ms >= 0 ? '+' : ''}${ms.toFixed(1)} ms`.padStart(14);
}
