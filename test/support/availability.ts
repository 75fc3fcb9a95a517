import { randomUUID } from 'node:crypto';
import type { MusterApi } from '#client';
import type { AgentView } from '#contracts';
import { PresenceService } from '../../src/presence/presence.service.js';
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

/** Connects the agent, who is away until it says otherwise. */
export async function connect(installation: TestInstallation, admin: MusterApi, { id }: AgentView): Promise<void> {
  const { workspace } = await admin.me();
  const presence = installation.node.app.get(PresenceService);
  await presence.connectionOpened({ id: randomUUID(), workspaceId: workspace.id, agentId: id });
}
