/**
 * Three real nodes of the product, each reaching PostgreSQL and Redis by ways of its own that can be disturbed.
 *
 * Who calls: a run (`start`, `stop`) and the nemesis. Guaranteed: a node restarts under the same name and port; after
 * `stop` no process is left, also one that was stopped by a signal.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { freePort } from '../../support/free-port.js';
import { startRedisProxy } from '../../support/redis-proxy.js';
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.js';
import { NODE_MAIN, preload } from './paths.js';
import { BreakableServices } from './services.js';

export const ADMIN = { email: 'admin@example.com', password: 'correct-horse-battery' };
/** What the raw numbers of all customers begin with, and nothing else contains. */
export const NEEDLE = '551198';
const READY_WITHIN_MS = 40_000;
const COMPLAINTS = 4_000;

export interface ClusterNode {
  index: number;
  url: string;
  postgres: TcpProxy;
  redis: TcpProxy;
  /** What the node wrote of what left it. */
  stamps: string;
}

export class Cluster {
  readonly nodes: ClusterNode[] = [];
  private readonly processes: (ChildProcess | null)[] = [];
  private readonly folder = mkdtempSync(join(tmpdir(), 'muster-stamps-'));
  private complaints = '';

  private constructor(
    readonly services: BreakableServices,
    private readonly preloads: readonly string[],
  ) {}

  /** Starts the services and the nodes, with `mutant` preloaded into each; `plain` ones have nothing preloaded. */
  static async start(count: number, mutant: string | null): Promise<Cluster> {
    const stamping = ['preload/stamp', 'preload/widen', ...(mutant ? [`mutants/${mutant}`] : [])];
    const preloads = mutant === 'plain' ? [] : stamping;
    const cluster = new Cluster(await BreakableServices.start(), preloads);
    try {
      for (let index = 0; index < count; index++) cluster.nodes.push(await cluster.prepare(index));
      await Promise.all(cluster.nodes.map((node) => cluster.launch(node)));
      return cluster;
    } catch (error) {
      await cluster.stop();
      throw error;
    }
  }

  /** Starts a node that is not running, and waits until it is ready. */
  async launch(node: ClusterNode): Promise<void> {
    const child = spawn(process.execPath, [...this.imports(), NODE_MAIN], {
      env: this.environment(node),
      stdio: ['pipe', 'ignore', 'pipe'],
      // A Ctrl-C is for the run alone: it ends its nodes itself, and judges nothing that they did after it.
      detached: true,
    });
    this.processes[node.index] = child;
    child.stdin?.on('error', () => undefined);
    child.stderr?.on('data', (piece: Buffer) => this.hear(node, piece.toString()));
    await this.untilReady(node, child);
  }

  signal({ index }: ClusterNode, signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.processes[index]?.kill(signal);
  }

  /** Ends a node without giving it a chance to say so. */
  async kill({ index }: ClusterNode): Promise<void> {
    const child = this.processes[index];
    this.processes[index] = null;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  /** The stamps of every node so far, a line each. */
  stamps(): { node: number; lines: string[] }[] {
    return this.nodes.map(({ index, stamps }) => ({ node: index, lines: linesOf(stamps) }));
  }

  /** The last that the nodes wrote to stderr. */
  get heard(): string {
    return this.complaints;
  }

  async stop(): Promise<void> {
    await Promise.all(this.nodes.map((node) => this.kill(node)));
    await Promise.all(this.nodes.flatMap(({ postgres, redis }) => [postgres.stop(), redis.stop()]));
    await this.services.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async prepare(index: number): Promise<ClusterNode> {
    const postgres = await startTcpProxy(() => {
      const { hostname, port } = new URL(this.services.databaseUrl);
      return { host: hostname, port: Number(port) };
    });
    const redis = await startRedisProxy(this.services.redisUrl);
    const url = `http://127.0.0.1:${await freePort()}`;
    return { index, url, postgres, redis, stamps: join(this.folder, `node-${index}.jsonl`) };
  }

  private imports(): string[] {
    return this.preloads.flatMap((name) => ['--import', pathToFileURL(preload(name)).href]);
  }

  private environment({ index, url, postgres, redis, stamps }: ClusterNode): NodeJS.ProcessEnv {
    const database = new URL(this.services.databaseUrl);
    database.port = String(postgres.port);
    return {
      PATH: process.env['PATH'],
      HOST: '127.0.0.1',
      PORT: new URL(url).port,
      DATABASE_URL: database.href,
      REDIS_URL: `redis://127.0.0.1:${redis.port}`,
      MUSTER_NODE_ID: `node-${index}`,
      MUSTER_JWT_SECRET: 'a-secret-that-only-the-faults-know-of',
      MUSTER_PHONE_KEY: Buffer.alloc(32, 7).toString('base64'),
      MUSTER_ADMIN_EMAIL: ADMIN.email,
      MUSTER_ADMIN_PASSWORD: ADMIN.password,
      LOG_LEVEL: 'error',
      FAULTS_STAMPS: stamps,
      FAULTS_NEEDLE: NEEDLE,
    };
  }

  private hear({ index }: ClusterNode, text: string): void {
    this.complaints = `${this.complaints}node-${index}: ${text}`.slice(-COMPLAINTS);
  }

  private async untilReady({ url }: ClusterNode, child: ChildProcess): Promise<void> {
    const deadline = performance.now() + READY_WITHIN_MS;
    while (performance.now() < deadline) {
      if (child.exitCode !== null) throw new Error(`A node ended while it started:\n${this.complaints}`);
      const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2_000) }).catch(() => null);
      if (answer?.ok || child.signalCode !== null) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`A node was not ready within ${READY_WITHIN_MS} ms:\n${this.complaints}`);
  }
}

function linesOf(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n');
  } catch {
    return [];
  }
}
