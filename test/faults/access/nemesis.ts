/**
 * The nemesis: takes things away, one at a time, and gives them back.
 *
 * Guaranteed: what it does is in the history from before it is done until after it is healed; when `run` ends,
 * everything is healed and every node serves.
 */
import type { AgentActor } from './agent-actor.js';
import type { AgentsAdministrator } from './administrators.js';
import type { ClusterNode } from './cluster.js';
import { type Fault, type FaultKind, now } from './history.js';
import type { Random } from './random.js';
import type { Stage } from './stage.js';

export const FAULTS: Readonly<Record<FaultKind, number>> = {
  stop: 5,
  kill: 1,
  postgres: 1,
  redis: 1,
  flush: 1,
  delay: 2,
  cut: 2,
  hold: 2,
};

export class Nemesis {
  constructor(
    private readonly stage: Stage,
    private readonly administrators: readonly AgentsAdministrator[],
    private readonly random: Random,
    private readonly kinds: readonly FaultKind[],
    private readonly say: (line: string) => void,
  ) {}

  async run(): Promise<void> {
    if (this.kinds.length === 0) return;
    const weights = Object.fromEntries(this.kinds.map((kind) => [kind, FAULTS[kind]])) as Record<FaultKind, number>;
    await this.stage.pause(1_500);
    while (!this.stage.isOver) {
      await this.strike(this.random.weighted(weights), this.random.pick(this.stage.cluster.nodes));
      await this.stage.pause(this.random.between(500, 3_000));
    }
  }

  private strike(kind: FaultKind, node: ClusterNode): Promise<void> {
    switch (kind) {
      case 'stop':
        return this.stop(node);
      case 'kill':
        return this.kill(node);
      case 'postgres':
        return this.everywhere('postgres', () =>
          this.stage.cluster.services.restartPostgres(this.random.between(0, 800)),
        );
      case 'redis':
        return this.everywhere('redis', () => this.stage.cluster.services.restartRedis(this.random.between(0, 3_000)));
      case 'flush':
        return this.everywhere('flush', () => this.stage.cluster.services.flush());
      default:
        return this.disturb(kind, node);
    }
  }

  /** Work of one agent is on its way on the node when it is stopped, and the agent is deactivated meanwhile. */
  private async stop(node: ClusterNode): Promise<void> {
    const administrator = this.random.pick(this.administrators);
    const target = this.random.pick(administrator.actors.filter(isActive).concat(administrator.actors));
    const isAimed = this.random.chance(0.75);
    if (isAimed) await this.prepare(target, node);
    await this.during('stop', node.index, 'process', async () => {
      this.stage.cluster.signal(node, 'SIGSTOP');
      if (isAimed) administrator.aim(target);
      await this.stage.pause(isAimed ? this.random.between(3_400, 5_000) : this.random.between(100, 3_000));
      this.stage.cluster.signal(node, 'SIGCONT');
    });
  }

  private async prepare(target: AgentActor, node: ClusterNode): Promise<void> {
    target.burst(node);
    await this.stage.pause(this.random.between(4, 25));
  }

  private async kill(node: ClusterNode): Promise<void> {
    await this.during('kill', node.index, 'process', async (fault) => {
      await this.stage.cluster.kill(node);
      await this.stage.pause(this.random.between(0, 2_000));
      fault.downTo = now();
      await this.stage.cluster.launch(node);
    });
  }

  private async everywhere(kind: 'postgres' | 'redis' | 'flush', act: () => Promise<void>): Promise<void> {
    await this.during(kind, null, kind === 'postgres' ? 'postgres' : 'redis', act);
  }

  private async disturb(kind: 'delay' | 'cut' | 'hold', node: ClusterNode): Promise<void> {
    const part = this.random.chance(0.75) ? 'postgres' : 'redis';
    const way = node[part];
    await this.during(kind, node.index, part, async () => {
      if (kind === 'delay') way.delay(this.random.between(10, 250));
      else way[kind]();
      await this.stage.pause(this.random.between(500, 5_000));
      way.mend();
    });
  }

  private async during(
    kind: FaultKind,
    node: number | null,
    part: Fault['part'],
    act: (fault: Fault) => Promise<void>,
  ): Promise<void> {
    const fault: Fault = { kind, node, part, from: now(), to: Infinity };
    this.stage.history.faults.push(fault);
    if (node !== null && part === 'process') this.stage.away.add(node);
    await act(fault);
    if (node !== null) this.stage.away.delete(node);
    fault.to = now();
    const where = node === null ? 'all nodes' : `node-${node}`;
    this.say(`${kind} of ${part} on ${where}, ${Math.round(fault.to - fault.from)} ms`);
  }
}

function isActive(actor: AgentActor): boolean {
  return actor.member.subject.values['status'] === 'active';
}
