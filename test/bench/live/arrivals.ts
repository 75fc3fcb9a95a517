/** When a dashboard showed each interaction of each agent: the n-th of an agent is there when its count is n. */
export class Arrivals {
  private readonly agents = new Map<string, { count: number; times: number[] }>();

  /** Forgets the times: what is shown now is where the next run begins. */
  begin(): void {
    for (const agent of this.agents.values()) agent.times = [];
  }

  /** The agent's count is shown to be so much, at the beginning. */
  know(agentId: string, count: number): void {
    if (!this.agents.has(agentId)) this.agents.set(agentId, { count, times: [] });
  }

  /** Since `at` the agent's count is so much, or more. */
  reach(agentId: string, count: number, at: number): void {
    const agent = this.agents.get(agentId);
    if (!agent) return this.know(agentId, count);
    for (; agent.count < count; agent.count++) agent.times.push(at);
  }

  /** There is one more of the agent's. */
  add(agentId: string, at: number): void {
    const agent = this.agents.get(agentId);
    if (agent) this.reach(agentId, agent.count + 1, at);
  }

  shows(agentId: string): boolean {
    return this.agents.has(agentId);
  }

  /** Since `begin`. */
  timesOf(agentId: string): readonly number[] {
    return this.agents.get(agentId)?.times ?? [];
  }

  /** How many there were since `begin`. */
  get total(): number {
    let total = 0;
    for (const { times } of this.agents.values()) total += times.length;
    return total;
  }
}
