import type { Agent } from './agent.js';
import type { Stage } from './intents.js';
import type { Random } from '../random.js';
import { Team } from './team.js';

/** Of those on shift at the beginning so many come in at once, the others within {@link RAMP_MS}. */
const FIRST_AGENTS = 40;
const FIRST_MS = 1_000;
const RAMP_MS = 55_000;
/** Within this time after the first agents come in, customers who had been waiting for that begin to write. */
const BACKLOG_MS = 8_000;

/** A team as the floor needs to know it. */
export interface FloorTeam {
  id: string;
  name: string;
}

/** An agent as Muster shows it. */
export interface FloorAgent {
  id: string;
  team: FloorTeam;
  /** How many conversations it may have at once. */
  capacity: number;
}

/** Who works here: the teams and their agents, as they come and go. */
export class Staff {
  private readonly teams = new Map<string, Team>();
  private readonly members = new Map<string, { agent: Agent; team: Team }>();

  constructor(
    private readonly stage: Stage,
    private readonly random: Random,
    private readonly utcHourAt: (at: number) => number,
    private readonly arrive: (team: Team) => void,
  ) {}

  find(agentId: string): Agent | undefined {
    return this.members.get(agentId)?.agent;
  }

  team({ id, name }: FloorTeam): Team {
    const team = this.teams.get(id) ?? new Team(id, name, this.stage, this.random.fork(id), this.utcHourAt);
    this.teams.set(id, team);
    return team;
  }

  /** Opens the floor: whoever is on shift comes in, those first who have something open. */
  open(): void {
    const ranked = [...this.members.values()]
      .filter(({ agent }) => agent.onShift)
      .map(({ agent }) => ({ agent, rank: agent.chats.size + this.random.next() }))
      .sort((a, b) => b.rank - a.rank);
    ranked.forEach(({ agent }, index) => this.enter(agent, this.entrance(index, ranked.length)));
    for (const { agent } of this.members.values()) if (!agent.onShift) agent.start(0);
    this.openTeams();
  }

  /** Somebody new. Comes in with `start`. */
  hire({ id, team, capacity }: FloorAgent): Agent {
    const joined = this.team(team);
    const agent = joined.join(id, capacity);
    this.members.set(id, { agent, team: joined });
    return agent;
  }

  dismiss(agentId: string): void {
    const member = this.members.get(agentId);
    this.members.delete(agentId);
    member?.team.leave(agentId);
    member?.agent.dismiss();
  }

  /** Brings the floor up to what Muster says now. */
  set(agents: readonly FloorAgent[]): void {
    const teamOf = new Map(agents.map((agent) => [agent.id, agent.team.id]));
    for (const [id, { team }] of this.members) if (teamOf.get(id) !== team.id) this.dismiss(id);
    for (const agent of agents) {
      const member = this.members.get(agent.id);
      if (member) member.team.setCapacity(agent.id, agent.capacity);
      else this.hire(agent).start(this.random.between(0, RAMP_MS));
    }
    this.openTeams();
  }

  /** How many agents are online. */
  online(): number {
    return [...this.members.values()].filter(({ agent }) => agent.online).length;
  }

  /** Somebody comes in when the floor opens, and finds as much to do as there usually is. */
  private enter(agent: Agent, delay: number): void {
    agent.start(delay);
    const team = this.members.get(agent.id)?.team;
    if (!team) return;
    const backlog = Math.round(team.usualLoad(agent.id) + this.random.between(-0.5, 0.5)) - agent.chats.size;
    for (let i = 0; i < backlog; i++)
      this.stage.in(delay + this.random.between(0, BACKLOG_MS), () => this.arrive(team));
  }

  private openTeams(): void {
    for (const team of this.teams.values()) team.open(this.arrive);
  }

  private entrance(index: number, all: number): number {
    if (index < FIRST_AGENTS) return this.random.between(0, FIRST_MS);
    return FIRST_MS + (RAMP_MS * (index - FIRST_AGENTS + this.random.next())) / Math.max(1, all - FIRST_AGENTS);
  }
}
