/** All screens but the floor: loaded with the first of them. */
import { account } from './account.js';
import { agent } from './agent.js';
import { agents } from './agents.js';
import { alerts } from './alerts.js';
import { audit } from './audit.js';
import { connections } from './connections.js';
import { inbox } from './inbox.js';
import { problems } from './problems.js';
import { reports } from './reports.js';
import { teams } from './teams.js';

export const screens = {
  ...agents,
  ...agent,
  ...teams,
  ...inbox,
  ...reports,
  ...alerts,
  ...audit,
  ...connections,
  ...account,
  ...problems,
};
