import { describe, expect, it } from '@jest/globals';
import { homeOf, modulesFor } from './modules.js';

describe('the modules of the console', () => {
  it('are those that a permission opens', () => {
    expect(modulesFor(['agents.read', 'audit.read', 'inbox.read']).map(({ key }) => key)).toEqual([
      'inbox',
      'agents',
      'audit',
    ]);
  });

  it('begin with the floor, else the first that may be seen, else the own account', () => {
    expect(homeOf(['agents.manage', 'dashboard.view'])).toBe('/floor');
    expect(homeOf(['teams.read'])).toBe('/teams');
    expect(homeOf(['inbox.read', 'teams.read'])).toBe('/inbox');
    expect(homeOf(['interactions.write'])).toBe('/account');
  });
});
