/**
 * What happened in a run, as data: the checker needs nothing else.
 *
 * All times are milliseconds of the machine's one monotonic clock, which processes share. Clients write `invoke` before
 * an operation is handed to the network and `return` after its answer was read; nodes write `at` right before bytes are
 * handed to the kernel. So a real order is never reversed in the history, only widened.
 */
import type { Permission } from '#contracts';

/** The machine's monotonic clock. */
export function now(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** Who acts: a credential of an agent. */
export interface Principal {
  id: string;
  agentId: string;
  /** The session or key; its register is `credential:ID:alive`. */
  credentialId: string;
  kind: 'session' | 'api_key';
  /** When it was asked for. */
  since: number;
  /** Of an API key: what it was made for. */
  permissions?: Permission[];
}

/** What one register of the truth can hold. */
export type Value = string | boolean | string[];

/** `agent:ID:status|team|hidePhone`, `team:ID:status|permissions`, `credential:ID:alive`. A status may be `deleted`. */
export type RegisterName = `${'agent' | 'team' | 'credential'}:${string}:${string}`;

export interface Receipt {
  cause: string;
  nodes: { node: string; outcome: string; sockets: number; ms: number }[];
  sessions: number;
  keys: number;
  sockets: number;
  conversationsReleased: number;
  listsLeft: number;
  elapsedMs: number;
  enforcement: string;
}

/** A write of rights. Each register is written by one writer, one write after the other. */
export interface Change {
  register: RegisterName;
  value: Value;
  invoke: number;
  /** Infinity: no answer came. */
  return: number;
  /** When its own answer came, if what it did had to be asked for after that. */
  repliedAt?: number;
  /** `done`: the answer said so. `unknown`: it may or may not have happened, or is not enforced yet. */
  outcome: 'done' | 'unknown';
  /** Whether it certainly takes rights away, so that a receipt is due. */
  reduces: boolean;
  /** The receipt of the answer, if it had one. */
  receipt: Partial<Receipt> | null;
  status: number;
  node: number;
}

/** Something a principal asked for, over HTTP or a socket. */
export interface Operation {
  principal: string;
  kind: string;
  node: number;
  /** The client's end of the connection. */
  port: number | null;
  needs: Permission | null;
  invoke: number;
  /** Infinity: no answer came. */
  return: number;
  ok: boolean;
  /** The status or the problem's code. `ended`: the run was over before. */
  code: string;
  /** Whether the answer held a raw customer number. */
  raw: boolean;
}

/** A socket that was connected. */
export interface SocketLife {
  principal: string;
  node: number;
  port: number | null;
  namespace: string;
  needs: Permission;
  /** When the connection was asked for. */
  invoke: number;
  connectedAt: number;
  /** Infinity: it still was when the run ended. */
  closedAt: number;
  /** Since when a subscription was acknowledged; null: never. */
  subscribedAt: number | null;
  /** When it got frames. */
  frames: number[];
  /** When it was told of changed permissions. */
  told: number[];
}

/** Bytes that a node handed to the kernel for a client, which no control frame needs. */
export interface Send {
  node: number;
  port: number;
  /** When they passed the gate, or were written when no gate was asked. */
  at: number;
  raw: boolean;
  head: string;
  channel: 'http' | 'socket';
}

export type FaultKind = 'stop' | 'kill' | 'postgres' | 'redis' | 'flush' | 'delay' | 'cut' | 'hold';

/** Something the nemesis did. */
export interface Fault {
  kind: FaultKind;
  /** Null: all nodes. */
  node: number | null;
  /** What of a node's is disturbed. */
  part: 'process' | 'postgres' | 'redis';
  from: number;
  /** Infinity: it lasts. */
  to: number;
  /** Until when the process could not run at all, when that is earlier than `to`. */
  downTo?: number;
}

export interface History {
  principals: Principal[];
  changes: Change[];
  operations: Operation[];
  sockets: SocketLife[];
  sends: Send[];
  faults: Fault[];
  /** When the last client ended. */
  endedAt: number;
}

export function emptyHistory(): History {
  return { principals: [], changes: [], operations: [], sockets: [], sends: [], faults: [], endedAt: Infinity };
}
