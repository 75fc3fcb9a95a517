import { randomUUID } from 'node:crypto';
import type { MusterApi } from '#client';
import type { AgentView } from '#contracts';
import { PresenceService } from '../../src/presence/presence.service.js';
import { eventually } from './eventually.js';
import type { TestInstallation } from './nodes.js';

/** Connects the agent, as a socket of the inbox would, and has it available. */
export async function makeAvailable(
  installation: TestInstallation,
  admin: MusterApi,
  agent: AgentView,
): Promise<AgentView> {
  await connect(installation, admin, agent);
  await admin.agents.setPresence(agent.id, { availability: 'available' });
  return agent;
}

/** Has an agent available whose socket was just opened: it may be a moment until that counts. */
export async function sayAvailable(api: MusterApi, { id }: Pick<AgentView, 'id'>): Promise<void> {
  await eventually(
    () => api.agents.setPresence(id, { availability: 'available' }),
    ({ state }) => state === 'available',
  );
}

/** Connects the agent, who is away until it says otherwise. */
export async function connect(installation: TestInstallation, admin: MusterApi, { id }: AgentView): Promise<void> {
  const { workspace } = await admin.me();
  const presence = installation.node.app.get(PresenceService);
  await presence.connectionOpened({ id: randomUUID(), workspaceId: workspace.id, agentId: id });
}
