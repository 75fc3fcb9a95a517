/** What a principal may, and what it surely may, at a time: worked out from the writes of rights alone. */
import type { Permission } from '#contracts';
import type { Change, History, Principal, RegisterName, Value } from '../history.js';
import { Register } from './register.js';

/** What something takes. */
export interface Need {
  permission: Permission | null;
  /** To see a raw customer number. */
  raw: boolean;
}

type Quantifier = (values: Value[], test: (value: Value) => boolean) => boolean;

const SOME: Quantifier = (values, test) => values.some(test);
const EVERY: Quantifier = (values, test) => values.length > 0 && values.every(test);

export class Rights {
  private readonly registers = new Map<RegisterName, Register>();
  private readonly principals: Map<string, Principal>;

  constructor(history: Pick<History, 'changes' | 'principals'>) {
    this.principals = new Map(history.principals.map((principal) => [principal.id, principal]));
    for (const change of [...history.changes].sort((a, b) => a.invoke - b.invoke)) this.register(change).add(change);
  }

  principal(id: string): Principal {
    const principal = this.principals.get(id);
    if (!principal) throw new Error(`The history has no principal ${id}.`);
    return principal;
  }

  /** Whether some order of what overlaps allows it at `t`. */
  may(principal: string, need: Need, t: number): boolean {
    return this.holds(this.principal(principal), need, t, SOME);
  }

  /** Whether every order allows it at `t`. */
  must(principal: string, need: Need, t: number): boolean {
    const who = this.principal(principal);
    return this.holds(who, need, t, EVERY) && this.surelyAlive(who, t);
  }

  /** Whether there is a moment from `from` to `to` at which it may. Rights come only at invocations. */
  mayWithin(principal: string, need: Need, from: number, to: number): boolean {
    return this.moments(principal, from, to).some((t) => this.may(principal, need, t));
  }

  mustThroughout(principal: string, need: Need, from: number, to: number): boolean {
    return this.moments(principal, from, to).every((t) => this.must(principal, need, t));
  }

  /** When rights of the principal were taken away for sure. */
  reductions(principal: string): number[] {
    return this.concerning(principal).flatMap((register) => register.settlements);
  }

  /** The writes that concern the principal, in order. */
  changesOf(principal: string): Change[] {
    return this.concerning(principal)
      .flatMap((register) => register.writes)
      .sort((a, b) => a.invoke - b.invoke);
  }

  /** Whether a change certainly changed something. */
  isNews(change: Change): boolean {
    return this.register(change).isNews(change);
  }

  /** Whether a register is the agent's own, or one of the team that it surely was in from `from` to `to`. */
  isItsTeam(principal: string, register: RegisterName, from: number, to: number): boolean {
    if (!register.startsWith('team:')) return true;
    const { agentId } = this.principal(principal);
    const teams = [from, to].flatMap((t) => this.registers.get(`agent:${agentId}:team`)?.at(t) ?? []);
    return teams.every((team) => register.startsWith(`team:${String(team)}:`));
  }

  private holds(who: Principal, need: Need, t: number, quantify: Quantifier): boolean {
    const value = (name: RegisterName) => this.registers.get(name)?.at(t) ?? [];
    const { permission } = need;
    const own = who.permissions === undefined || permission === null || who.permissions.includes(permission);
    return (
      own &&
      quantify(value(`credential:${who.credentialId}:alive`), (alive) => alive === true) &&
      quantify(value(`agent:${who.agentId}:status`), (status) => status === 'active') &&
      (!need.raw || quantify(value(`agent:${who.agentId}:hidePhone`), (hidden) => hidden === false)) &&
      quantify(value(`agent:${who.agentId}:team`), (team) => this.teamAllows(String(team), permission, t, quantify))
    );
  }

  private teamAllows(team: string, permission: Permission | null, t: number, quantify: Quantifier): boolean {
    const value = (name: string) => this.registers.get(`team:${team}:${name}`)?.at(t) ?? [];
    return (
      quantify(value('status'), (status) => status === 'active') &&
      (permission === null || quantify(value('permissions'), (set) => Array.isArray(set) && set.includes(permission)))
    );
  }

  /** A deactivation may end the credentials of the time before for good. */
  private surelyAlive(who: Principal, t: number): boolean {
    const writes = this.registers.get(`agent:${who.agentId}:status`)?.writes ?? [];
    return !writes.some((write) => write.value !== 'active' && write.return >= who.since && write.invoke <= t);
  }

  private moments(principal: string, from: number, to: number): number[] {
    const inside = this.concerning(principal)
      .flatMap((register) => register.invocations)
      .filter((t) => t > from && t <= to);
    return [from, ...inside];
  }

  private concerning(principal: string): Register[] {
    const { agentId, credentialId } = this.principal(principal);
    const teams = (this.registers.get(`agent:${agentId}:team`)?.writes ?? []).map((write) => String(write.value));
    const prefixes = [`agent:${agentId}:`, `credential:${credentialId}:`, ...teams.map((team) => `team:${team}:`)];
    return [...this.registers].filter(([name]) => prefixes.some((prefix) => name.startsWith(prefix))).map(([, r]) => r);
  }

  private register(change: Change): Register {
    const known = this.registers.get(change.register) ?? new Register();
    this.registers.set(change.register, known);
    return known;
  }
}
