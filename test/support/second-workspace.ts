import type { MusterApi } from '#client';
import { PERMISSIONS } from '#contracts';
import { AgentsService } from '../../src/agents/agents.service.js';
import { Passwords } from '../../src/auth/passwords.js';
import { Database } from '../../src/platform/database/database.js';
import { newId } from '../../src/platform/ids.js';
import { TeamsService } from '../../src/teams/teams.service.js';
import { Workspace } from '../../src/workspaces/workspace.entity.js';
import { ADMIN, type TestInstallation } from './nodes.js';

/** The administrator of the other workspace has the same e-mail as ours. */
export const OTHER = { email: ADMIN.email, password: 'the-other-password', workspace: 'other' };

/** Makes a workspace beside the first one; resolves to a client that is logged in there. */
export async function createSecondWorkspace(installation: TestInstallation): Promise<MusterApi> {
  const { app } = installation.node;
  const passwordHash = await app.get(Passwords, { strict: false }).hash(OTHER.password);
  await app.get(Database).systemTransaction(async (em) => {
    const workspaceId = newId();
    em.setFilterParams('workspace', { id: workspaceId });
    em.create(
      Workspace,
      { id: workspaceId, slug: OTHER.workspace, name: 'Other', isDefault: false, createdAt: new Date() },
      { persist: true },
    );
    await em.flush();
    const team = app
      .get(TeamsService, { strict: false })
      .add(em, workspaceId, { name: 'Administrators', permissions: [...PERMISSIONS] }, 'system');
    await em.flush();
    const administrator = { name: 'Other', email: OTHER.email, phone: '+12025550101', teamId: team.id, passwordHash };
    await app.get(AgentsService, { strict: false }).add(em, workspaceId, [administrator], 'system');
  });
  const api = installation.client();
  await api.auth.login(OTHER);
  return api;
}
