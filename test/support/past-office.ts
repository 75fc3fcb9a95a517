/** An office whose steps are taken through the API and kept as a `PastFloor`, while the nodes' clock stands still. */
import { randomUUID } from 'node:crypto';
import { type MusterApi, MusterProblem } from '#client';
import type { Availability, Direction, Permission } from '#contracts';
import { PresenceService } from '../../src/presence/presence.service.js';
import type { TestInstallation } from './nodes.js';
import { type FloorAgent, type FloorState, PastFloor } from './past-floor.js';

const RIGHTS: Permission[] = ['inbox.read', 'inbox.reply'];
const DAY_MS = 24 * 3600 * 1000;

/** Who takes the steps, and where. */
export interface OfficeParts {
  installation: TestInstallation;
  api: MusterApi;
  workspaceId: string;
}

export class PastOffice {
  readonly floor = new PastFloor();
  private readonly teams: string[] = [];
  private readonly conversations: string[] = [];
  /** Whose a conversation is, also once it is resolved: what comes in counts for them. */
  private readonly assignees = new Map<string, string>();
  private readonly sent: { id: string; conversationId: string; agentId?: string; direction: Direction; at: string }[] =
    [];
  private readonly presence: PresenceService;
  private at: number;

  constructor(private readonly parts: OfficeParts) {
    const { clock, node } = parts.installation;
    this.presence = node.app.get(PresenceService);
    this.at = Math.floor(clock.now());
    clock.now = () => this.at;
  }

  get now(): number {
    return this.at;
  }

  get ids(): string[] {
    return this.teams;
  }

  pass(ms: number): void {
    this.at += ms;
  }

  /** One step; what it can't do at the moment it leaves. */
  async step(what: number, which: number, how: number): Promise<void> {
    this.pass(1 + (how % 7) * 400);
    if (this.teams.length < 2) return this.addTeam();
    const agent = pick([...this.floor.now.agents.values()], which);
    if (!agent) return this.addAgent(which);
    const steps = [
      () => this.addAgent(which),
      () => this.rename(agent, how),
      () => this.change(agent, how),
      () => this.changeTeam(which, how),
      () => this.comeOrGo(agent),
      () => this.choose(agent, how),
      () => this.open(),
      () => this.assign(agent, how),
      () => this.assign(agent, how),
      () => this.handle(which, how),
      () => this.report(which, how),
      () => this.report(which, how),
      () => this.report(which, how),
      () => (how % 5 === 0 ? this.remove(agent) : this.pass(how * 1_000)),
    ];
    await steps[what % steps.length]?.();
  }

  private async addTeam(): Promise<void> {
    const { id, name, status, capacity } = await this.parts.api.teams.create({
      name: `Team ${randomUUID()}`,
      permissions: RIGHTS,
    });
    this.teams.push(id);
    this.floor.change(this.at, ({ teams }) => teams.set(id, { id, name, status, capacity }));
  }

  private async addAgent(which: number): Promise<void> {
    const teamId = pick(this.teams, which) ?? '';
    const body = { name: 'Ana', email: `${randomUUID()}@example.com`, phone: '+5511912345678', teamId };
    const { id, name, status, capacity } = await this.parts.api.agents.create(body);
    const presence = { state: 'offline' as const, since: new Date(this.at).toISOString() };
    const agent: FloorAgent = { id, name, teamId, status, capacity, availability: 'away', connected: false, presence };
    this.floor.change(this.at, ({ agents }) => agents.set(id, agent));
    if (which % 4 === 0) return;
    await this.comeOrGo(agent);
    await this.choose(agent, 0);
  }

  private async rename({ id }: FloorAgent, how: number): Promise<void> {
    const { name } = await this.parts.api.agents.update(id, { name: `Ana ${how}` });
    this.alter(id, { name });
  }

  private async change({ id }: FloorAgent, how: number): Promise<void> {
    const values = [
      { teamId: pick(this.teams, how) },
      { capacity: how % 3 === 0 ? null : how % 3 },
      { status: how % 2 ? ('active' as const) : ('inactive' as const) },
      { teamId: pick(this.teams, how), name: 'Moved', capacity: 7 },
    ];
    const { team, name, status, capacity } = await this.parts.api.agents.update(
      id,
      values[(how >> 1) % values.length] ?? {},
    );
    this.floor.change(this.at, ({ agents, held }) => {
      Object.assign(agents.get(id) ?? {}, { teamId: team.id, name, status, capacity });
      if (status === 'inactive') this.release(held, id);
    });
  }

  private async changeTeam(which: number, how: number): Promise<void> {
    const id = pick(this.teams, which) ?? '';
    const { name, capacity } = await this.parts.api.teams.update(id, {
      name: `Team ${randomUUID()}`,
      capacity: 1 + (how % 4),
    });
    this.floor.change(this.at, ({ teams }) => Object.assign(teams.get(id) ?? {}, { name, capacity }));
  }

  private async comeOrGo({ id, connected }: FloorAgent): Promise<void> {
    if (connected) await this.presence.connectionClosed(id, { clean: true });
    else await this.presence.connectionOpened({ id, workspaceId: this.parts.workspaceId, agentId: id });
    this.alter(id, { connected: !connected });
  }

  private async choose({ id }: FloorAgent, how: number): Promise<void> {
    const availability = (['available', 'available', 'busy', 'away'] as const satisfies Availability[])[how % 4];
    await this.parts.api.agents.setPresence(id, { availability });
    this.alter(id, { availability });
  }

  private async open(): Promise<void> {
    const contact = { phone: `+55119${String(Math.floor(Math.random() * 1e8)).padStart(8, '0')}` };
    this.conversations.push((await this.parts.api.conversations.create({ contact })).id);
  }

  private async assign(agent: FloorAgent, how: number): Promise<void> {
    const id = pick(this.conversations, how);
    if (!id) return this.open();
    if (await isDone(this.parts.api.conversations.assign(id, { agentId: agent.id }))) {
      this.hold(id, agent.id);
      this.assignees.set(id, agent.id);
    }
  }

  private async handle(which: number, how: number): Promise<void> {
    const id = pick(this.conversations, which);
    if (!id) return;
    const { conversations } = this.parts.api;
    const acts = [conversations.unassign, conversations.resolve, conversations.reopen];
    const act = acts[how % acts.length];
    if (!(await isDone(act(id)))) return;
    this.hold(id, null);
    if (act !== conversations.resolve) this.assignees.delete(id);
  }

  /** A batch, of all ages, shuffled, with some that were sent before. */
  private async report(which: number, how: number): Promise<void> {
    const ages = [0, 0, 0, 900, 4_999, 5_000, 59_000, 61_000, 300_000, 3_600_000, 7_200_000, 5 * DAY_MS, -4_000];
    const fresh = Array.from({ length: 1 + (how % 4) }, (_, index) => ({
      id: randomUUID(),
      conversationId: pick(this.conversations, which + index) ?? '',
      agentId: (how + index) % 3 ? undefined : pick([...this.floor.now.agents.keys()], which),
      direction: (how + which + index) % 3 ? ('inbound' as const) : ('outbound' as const),
      at: new Date(this.at - (pick(ages, how * 7 + index) ?? 0)).toISOString(),
    }));
    if (this.conversations.length === 0) return;
    const again = this.sent.slice(0, how % 3);
    const { accepted } = await this.parts.api.interactions.report([...again, ...fresh].toReversed());
    if (accepted !== fresh.length) throw new Error(`${accepted} of ${fresh.length} were accepted`);
    this.sent.push(...fresh);
    for (const { conversationId, agentId, direction, at } of fresh) {
      const agent = this.floor.now.agents.get(agentId ?? this.assignees.get(conversationId) ?? '');
      this.floor.messages.push({
        conversationId,
        agentId: agent?.id ?? null,
        teamId: agent?.teamId ?? null,
        direction,
        at: Date.parse(at),
      });
    }
  }

  private async remove({ id, connected }: FloorAgent): Promise<void> {
    if (connected) return;
    await this.parts.api.agents.delete(id);
    this.floor.change(this.at, ({ agents, held }) => {
      agents.delete(id);
      this.release(held, id);
    });
  }

  private release(held: FloorState['held'], agentId: string): void {
    for (const [conversation, holder] of held) {
      if (holder !== agentId) continue;
      held.delete(conversation);
      this.assignees.delete(conversation);
    }
  }

  private hold(conversation: string, agentId: string | null): void {
    this.floor.change(this.at, ({ held }) => {
      if (agentId === null) held.delete(conversation);
      else held.set(conversation, agentId);
    });
  }

  private alter(id: string, values: Partial<FloorAgent>): void {
    this.floor.change(this.at, ({ agents }) => Object.assign(agents.get(id) ?? {}, values));
  }
}

export function pick<T>(all: readonly T[], which: number): T | undefined {
  return all[which % Math.max(1, all.length)];
}

/** Whether it was done; refusals that the state calls for are not errors. */
async function isDone(act: Promise<unknown>): Promise<boolean> {
  return act.then(
    () => true,
    (error: unknown) => {
      if (error instanceof MusterProblem && error.problem.status === 409) return false;
      throw error;
    },
  );
}
