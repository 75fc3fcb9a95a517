/** Histories made by hand, for the checker's own tests: one agent of one team with one session, at ease from time 0. */
import type { Change, Fault, History, Operation, RegisterName, Send, SocketLife, Value } from '../history.js';
import { emptyHistory } from '../history.js';
import { check, type Verdict } from './checker.js';

export const WHO = 'ana';
const PORT = 40_000;

export class Story {
  private readonly history: History = {
    ...emptyHistory(),
    principals: [{ id: WHO, agentId: 'ana', credentialId: 's1', kind: 'session', since: 0 }],
    endedAt: 100_000,
  };

  constructor() {
    this.write('agent:ana:status', 'active', 0, 0);
    this.write('agent:ana:team', 'sales', 0, 0);
    this.write('agent:ana:hidePhone', false, 0, 0);
    this.write('credential:s1:alive', true, 0, 0);
    this.write('team:sales:status', 'active', 0, 0);
    this.write('team:sales:permissions', ['inbox.read', 'dashboard.view'], 0, 0);
    this.write('team:clerks:status', 'active', 0, 0);
    this.write('team:clerks:permissions', ['dashboard.view'], 0, 0);
  }

  write(register: RegisterName, value: Value, invoke: number, end: number, rest: Partial<Change> = {}): this {
    const outcome = Number.isFinite(end) ? 'done' : 'unknown';
    const change = { register, value, invoke, return: end, outcome, reduces: false, receipt: null } as const;
    this.history.changes.push({ ...change, status: 200, node: 0, ...rest });
    return this;
  }

  deactivate(invoke: number, end: number, rest: Partial<Change> = {}): this {
    return this.write('agent:ana:status', 'inactive', invoke, end, rest);
  }

  activate(invoke: number, end: number): this {
    return this.write('agent:ana:status', 'active', invoke, end);
  }

  asks(invoke: number, end: number, rest: Partial<Operation> = {}): this {
    const operation = { principal: WHO, kind: 'conversation', node: 0, port: PORT, needs: 'inbox.read' } as const;
    this.history.operations.push({ ...operation, invoke, return: end, ok: true, code: '200', raw: false, ...rest });
    return this;
  }

  socket(connectedAt: number, closedAt: number, rest: Partial<SocketLife> = {}): this {
    const life = { principal: WHO, node: 0, port: PORT, namespace: '/inbox', needs: 'inbox.read' } as const;
    this.history.sockets.push({
      ...life,
      invoke: connectedAt - 1,
      connectedAt,
      closedAt,
      subscribedAt: null,
      frames: [],
      told: [],
      ...rest,
    });
    return this;
  }

  sends(at: number, rest: Partial<Send> = {}): this {
    this.history.sends.push({ node: 0, port: PORT, at, raw: false, head: '42', channel: 'socket', ...rest });
    return this;
  }

  fault(from: number, to: number, rest: Partial<Fault> = {}): this {
    this.history.faults.push({ kind: 'stop', node: 0, part: 'process', from, to, ...rest });
    return this;
  }

  verdict(): Verdict {
    return check(this.history);
  }

  /** The promises it breaks. */
  broken(): string[] {
    return this.verdict().violations.map(({ promise }) => promise);
  }
}
