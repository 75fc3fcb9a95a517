/**
 * How many sockets somebody has open, on all nodes.
 *
 * Who calls: dry runs. Nobody keeps a list of all sockets: that would cost each connection something for a number that
 * is rarely asked for. So the nodes are asked, by notification, and count what they have. Guaranteed: what is counted
 * was open while it was counted; how many nodes answered in time is told. Must never happen: a decision about access
 * that depends on it; notifications may be missed.
 */
import { randomUUID } from 'node:crypto';
import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Database } from '../platform/database/database.js';
import { Listener } from '../platform/database/listener.js';
import { NodeLease } from '../platform/nodes/node-lease.js';
import type { Authority } from './authority.js';
import { SocketRegistry } from './socket-registry.js';

/** Some agents, or everybody of a team. */
export type CensusSubject = { agentIds: string[] } | { teamId: string };

export interface Census {
  sockets: number;
  /** How many nodes serve, and how many of them have answered. */
  nodes: { asked: number; answered: number };
}

interface Question {
  id: string;
  subject: CensusSubject;
}

interface Answer {
  id: string;
  node: string;
  sockets: number;
}

/** A question whose answers are awaited. */
interface Pending {
  /** Parts of the question that each node has yet to answer. */
  missing: Map<string, number>;
  sockets: number;
  done: () => void;
}

const QUESTION = 'muster_census';
const ANSWER = 'muster_census_answer';
const DEADLINE_MS = 1_000;
/** A notification holds less than 8,000 bytes. */
const IDS_PER_QUESTION = 150;

const NODES_SQL = `
select node_id as node from node_lease where 'api' = any(roles) and expires_at > clock_timestamp() and node_id <> $1`;

@Injectable()
export class SocketCensus implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(SocketCensus.name);
  private readonly pending = new Map<string, Pending>();
  private stop: (() => void)[] = [];

  constructor(
    private readonly database: Database,
    private readonly listener: Listener,
    private readonly lease: NodeLease,
    private readonly registry: SocketRegistry,
  ) {}

  onModuleInit(): void {
    this.stop = [
      this.listener.on(QUESTION, (payload) => void this.answer(payload)),
      this.listener.on(ANSWER, (payload) => this.hear(payload)),
    ];
  }

  onApplicationShutdown(): void {
    for (const stop of this.stop) stop();
  }

  /** Asks the other nodes, and waits for them for a second at most. */
  async count(subject: CensusSubject): Promise<Census> {
    const own = this.countOwn(subject);
    const questions = questionsOf(randomUUID(), subject);
    const others = questions.length > 0 ? await this.others() : [];
    if (others.length === 0) return { sockets: own, nodes: { asked: 1, answered: 1 } };
    const { sockets, missing } = await this.ask(questions, others);
    const asked = others.length + 1;
    return { sockets: own + sockets, nodes: { asked, answered: asked - missing.size } };
  }

  private async ask(questions: Question[], others: string[]): Promise<Pending> {
    const id = questions[0]?.id ?? '';
    const { promise, resolve } = Promise.withResolvers<void>();
    const missing = new Map(others.map((node) => [node, questions.length]));
    const pending: Pending = { missing, sockets: 0, done: resolve };
    this.pending.set(id, pending);
    const deadline = setTimeout(resolve, DEADLINE_MS);
    try {
      for (const question of questions) await this.notify(QUESTION, question);
      await promise;
      return pending;
    } finally {
      clearTimeout(deadline);
      this.pending.delete(id);
    }
  }

  private async answer(payload: string | null): Promise<void> {
    if (payload === null) return;
    const { id, subject } = JSON.parse(payload) as Question;
    if (this.pending.has(id)) return;
    const answer: Answer = { id, node: this.lease.nodeId, sockets: this.countOwn(subject) };
    try {
      await this.notify(ANSWER, answer);
    } catch (error) {
      this.logger.debug(`another node asked for sockets, and could not be answered: ${String(error)}`);
    }
  }

  private hear(payload: string | null): void {
    if (payload === null) return;
    const { id, node, sockets } = JSON.parse(payload) as Answer;
    const pending = this.pending.get(id);
    const parts = pending?.missing.get(node);
    if (!pending || !parts) return;
    pending.sockets += sockets;
    if (parts > 1) pending.missing.set(node, parts - 1);
    else pending.missing.delete(node);
    if (pending.missing.size === 0) pending.done();
  }

  private countOwn(subject: CensusSubject): number {
    const matches = matcherOf(subject);
    return [...this.registry.matching(matches)].length;
  }

  private async others(): Promise<string[]> {
    const { rows } = await this.database.pool.query<{ node: string }>(NODES_SQL, [this.lease.nodeId]);
    return rows.map(({ node }) => node);
  }

  private async notify(channel: string, payload: Question | Answer): Promise<void> {
    await this.database.pool.query('select pg_notify($1, $2)', [channel, JSON.stringify(payload)]);
  }
}

function matcherOf(subject: CensusSubject): (authority: Authority) => boolean {
  if ('teamId' in subject) return (authority) => authority.teamId === subject.teamId;
  const ids = new Set(subject.agentIds);
  return (authority) => ids.has(authority.agentId);
}

/** The question in parts that fit into notifications; none when nobody is asked for. */
function questionsOf(id: string, subject: CensusSubject): Question[] {
  if ('teamId' in subject) return [{ id, subject }];
  const { agentIds } = subject;
  const parts = Math.ceil(agentIds.length / IDS_PER_QUESTION);
  return Array.from({ length: parts }, (_, part) => {
    const first = part * IDS_PER_QUESTION;
    return { id, subject: { agentIds: agentIds.slice(first, first + IDS_PER_QUESTION) } };
  });
}
