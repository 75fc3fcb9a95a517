import fc from 'fast-check';
import type { Permission } from '#contracts';
import type { Authority } from './authority.js';
import { CommonAuthority } from './common-authority.js';

const few = fc.constantFrom('a', 'b', 'c');
const authority: fc.Arbitrary<Authority> = fc.record({
  credential: fc.record({ kind: fc.constant('session' as const), id: fc.uuid() }),
  workspaceId: few,
  workspace: fc.record({ slug: few, name: few }),
  agentId: fc.uuid(),
  agentName: few,
  agentEmail: few,
  teamId: few,
  teamName: few,
  permissions: fc
    .subarray<Permission>(['inbox.read', 'inbox.reply', 'dashboard.view'])
    .map((permissions) => new Set(permissions)),
  hidePhone: fc.boolean(),
  blueprintVersion: fc.nat(3),
  readAt: fc.nat(),
});

describe('what authorities have in common', () => {
  it('changes nothing about any of them', () => {
    fc.assert(
      fc.property(fc.array(authority), (all) => {
        const common = new CommonAuthority();
        for (const one of all) expect(common.of(one)).toEqual(one);
      }),
    );
  });

  it('is held once', () => {
    fc.assert(
      fc.property(authority, fc.uuid(), (one, agentId) => {
        const common = new CommonAuthority();
        const first = common.of(one);
        const other = common.of({ ...structuredClone({ ...one, agentId }), permissions: new Set(one.permissions) });
        expect(other.permissions).toBe(first.permissions);
        expect(other.workspace).toBe(first.workspace);
        expect(other.agentId).toBe(agentId);
      }),
    );
  });
});
