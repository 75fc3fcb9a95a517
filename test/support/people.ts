import { randomUUID } from 'node:crypto';
import type { MusterApi } from '#client';
import type { AgentView, CreateAgentRequest, Permission, TeamView } from '#contracts';
import type { TestInstallation, TestNode } from './nodes.js';

export const PASSWORD = 'a-password-for-tests';

/** A team with a name of its own. */
export function createTeam(admin: MusterApi, permissions: Permission[], rest: Partial<TeamView> = {}) {
  return admin.teams.create({ name: `Team ${randomUUID()}`, permissions, ...rest });
}

/** An agent of the team with an e-mail of its own and `PASSWORD`. */
export function createAgent(
  admin: MusterApi,
  team: TeamView,
  rest: Partial<CreateAgentRequest> = {},
): Promise<AgentView> {
  return admin.agents.create({
    name: 'Ana Souza',
    email: `${randomUUID()}@example.com`,
    phone: '+5511912345678',
    teamId: team.id,
    password: PASSWORD,
    ...rest,
  });
}

/** A client of the agent, logged in on the node. */
export async function loginAs(installation: TestInstallation, agent: AgentView, node?: TestNode): Promise<MusterApi> {
  const api = installation.client(node);
  await api.auth.login({ email: agent.email, password: PASSWORD });
  return api;
}
