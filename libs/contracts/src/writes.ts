/** Writes of agents and teams: many at once, and what a write would do before it is made. */
import type { Permission } from './permissions.js';
import type { Problem } from './problem.js';
import type { Receipt } from './receipts.js';
import type { Id, Lifecycle } from './views.js';

/** What can be set for many agents at once. Nothing: their permissions are synced again. */
export interface BulkAgentsChange {
  teamId?: Id;
  status?: Lifecycle;
  hidePhone?: boolean;
}

export interface BulkAgentsRequest {
  /** 1 to 1,000, each once. */
  ids: Id[];
  set: BulkAgentsChange;
}

/** What became of one agent of a bulk change. */
export interface BulkAgentsResult {
  id: Id;
  ok: boolean;
  /** With `ok`: the version the agent is at now. */
  version?: number;
  /** Without: why it was left as it was. */
  error?: Problem;
}

/** What became of each agent, in the order they were named; with one receipt when rights were taken away. */
export interface BulkAgentsAnswer {
  results: BulkAgentsResult[];
  receipt?: Receipt;
}

/** Why a write would be refused: as much of the problem as doesn't depend on the request. */
export type RefusedWrite = Pick<Problem, 'code' | 'detail' | 'permission' | 'version'>;

/** What a write would do. A refused one does nothing. */
export interface Effect {
  /** Permissions that somebody would have and has not. */
  gained: Permission[];
  /** Permissions that somebody has and would not have. */
  lost: Permission[];
  /** Agents that would change: their own settings, or what they may do. */
  agents: number;
  /** Open sockets of those whose access would change. */
  sockets: number;
  /** How many nodes were asked for their sockets, and how many answered in time: the others' are not counted. */
  nodes: { asked: number; answered: number };
  /** Open conversations that would be taken from who may not answer any more. */
  conversations: number;
  /** The refusal that the write would be answered with. */
  refused?: RefusedWrite;
}

/** The answer of a write with `?dryRun=true`: nothing was written and nobody was told. */
export interface DryRunAnswer {
  effect: Effect;
  /** Of a bulk change: what would become of each agent. */
  results?: BulkAgentsResult[];
}
