import { Agent } from './agent.js';
import { HOUR_MS, hoursUntil } from './day.js';
import { Demand } from './demand.js';
import type { Stage } from './intents.js';
import { AGENT, type TeamProfile, profileOf } from './profiles.js';
import type { Random } from '../random.js';
import { hoursLeft, type Shift, ShiftPlan } from './shifts.js';

/** One team of the floor: who works when, and when its customers write. */
export class Team {
  readonly profile: TeamProfile;
  private readonly plan: ShiftPlan;
  private readonly shifts = new Map<string, Shift>();
  private readonly demand: Demand;
  private readonly capacities = new Map<string, number>();
  private running = false;

  constructor(
    readonly id: string,
    name: string,
    private readonly stage: Stage,
    private readonly random: Random,
    private readonly utcHourAt: (at: number) => number,
  ) {
    this.profile = profileOf(name);
    this.plan = new ShiftPlan(this.profile.curve, AGENT.shiftHours);
    this.demand = new Demand(random.fork('demand'), this.profile, (at) => this.hourAt(at));
  }

  /** Makes an agent of this team, with a shift. */
  join(agentId: string, capacity: number): Agent {
    const shift = this.shifts.get(agentId) ?? this.plan.add();
    this.shifts.set(agentId, shift);
    this.capacities.set(agentId, capacity);
    return new Agent(agentId, this.stage, this.random.fork(agentId), {
      untilStart: () => hoursUntil(this.hour(), shift.start) * HOUR_MS,
      untilEnd: () => hoursLeft(shift, this.hour()) * HOUR_MS,
    });
  }

  leave(agentId: string): void {
    this.capacities.delete(agentId);
  }

  setCapacity(agentId: string, capacity: number): void {
    this.capacities.set(agentId, capacity);
  }

  /** How many conversations the agent has when things go as planned. */
  usualLoad(agentId: string): number {
    return (this.capacities.get(agentId) ?? 0) * this.profile.load;
  }

  /** Calls `arrive` for each customer that writes, from now on. */
  open(arrive: (team: Team) => void): void {
    if (this.running) return;
    const at = this.demand.next(this.stage.now(), this.capacity());
    this.running = Number.isFinite(at);
    if (!this.running) return;
    this.stage.in(at - this.stage.now(), () => {
      this.running = false;
      if (this.capacities.size > 0) arrive(this);
      this.open(arrive);
    });
  }

  private capacity(): number {
    return [...this.capacities.values()].reduce((sum, capacity) => sum + capacity, 0);
  }

  private hour(): number {
    return this.hourAt(this.stage.now());
  }

  private hourAt(at: number): number {
    return (this.utcHourAt(at) + this.profile.zone + 24) % 24;
  }
}
