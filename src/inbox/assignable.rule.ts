import { type Authority, isPermitted } from '../access/authority.js';

/** Who may know which agents can't be assigned to, and why. */
export function mayKnowReasons(caller: Authority): boolean {
  return isPermitted(caller, 'agents.read', 'dashboard.view');
}
