/** What all actors of a run share: the nodes, the history they write, chance, and when it is over. */
import type { Permission } from '#contracts';
import type { Cluster, ClusterNode } from './cluster.js';
import { type Change, type History, now, type Operation, type Principal, type RegisterName } from './history.js';
import type { Random } from './random.js';

export class Stage {
  private over = false;
  private readonly waking = new Set<() => void>();
  private readonly last: (() => void)[] = [];
  /** Nodes that the nemesis has taken away for now: a good client would choose another. */
  readonly away = new Set<number>();

  constructor(
    readonly cluster: Cluster,
    readonly history: History,
    readonly random: Random,
  ) {}

  get isOver(): boolean {
    return this.over;
  }

  /** Lets everybody come to an end. */
  end(): void {
    this.over = true;
    for (const wake of this.waking) wake();
  }

  /** Something to do when the history is closed. */
  onceOver(act: () => void): void {
    this.last.push(act);
  }

  /** Does what was left for the end. */
  clear(): void {
    for (const act of this.last.splice(0)) act();
  }

  /** Waits, but not beyond the end. */
  pause(ms: number): Promise<void> {
    if (this.over) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.waking.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      this.waking.add(wake);
    });
  }

  /** A node, mostly one that can be reached. */
  anyNode(random = this.random): ClusterNode {
    const here = this.cluster.nodes.filter(({ index }) => !this.away.has(index));
    return random.pick(here.length > 0 && random.chance(0.9) ? here : this.cluster.nodes);
  }

  /** Writes a principal down. */
  introduce(principal: Principal): Principal {
    this.history.principals.push(principal);
    return principal;
  }

  /** Writes down that an operation begins; the caller fills in how it ends. */
  begin(principal: string, kind: string, node: number, needs: Permission | null): Operation {
    const operation: Operation = {
      principal,
      kind,
      node,
      port: null,
      needs,
      invoke: now(),
      return: Infinity,
      ok: false,
      code: 'ended',
      raw: false,
    };
    this.history.operations.push(operation);
    return operation;
  }

  /** Writes down how a register stands before anybody acts. */
  found(register: RegisterName, value: Change['value'], at = now()): void {
    this.changed({ register, value, invoke: at, return: at, outcome: 'done' });
  }

  /** Writes a change down; the caller fills in how it ends. */
  changed(known: Pick<Change, 'register' | 'value' | 'invoke' | 'return' | 'outcome'> & Partial<Change>): Change {
    const change: Change = { reduces: false, receipt: null, status: 0, node: -1, ...known };
    this.history.changes.push(change);
    return change;
  }

  /** Takes a change back that surely did not happen. */
  unchanged(change: Change): void {
    this.history.changes.splice(this.history.changes.indexOf(change), 1);
  }
}
