import fc from 'fast-check';
import { type Permission, PERMISSIONS } from '#contracts';
import {
  beyond,
  denialOf,
  difference,
  effective,
  type Holding,
  normalize,
  type Rights,
  type RightsChange,
  rightsOf,
  standingOf,
  withheld,
} from './blueprint.js';

/** Names of another version, and some that only look like names. */
const foreign = fc.constantFrom('campaigns.launch', 'inbox.READ', 'inbox.read ', '__proto__', 'constructor', '*', '');
const permission = fc.constantFrom(...PERMISSIONS);
const known = fc.array(permission);
const stored = fc.array(fc.oneof({ weight: 4, arbitrary: permission }, { weight: 1, arbitrary: foreign }));
const rights = known.map((list): Rights => new Set(list));
const status = fc.constantFrom('active' as const, 'inactive' as const);
const holding: fc.Arbitrary<Holding> = fc.record({
  agentStatus: status,
  teamStatus: status,
  blueprint: stored,
  key: fc.option(stored),
});

describe('rights in normal form', () => {
  it('are the same list for equal sets: no repeats, in the order of the catalogue, nothing unknown', () => {
    fc.assert(
      fc.property(stored, (list) => {
        const normal = normalize(list);
        expect(normal).toEqual(PERMISSIONS.filter((each) => list.includes(each)));
        expect(normalize(list.toReversed())).toEqual(normal);
        expect(normalize(normal)).toEqual(normal);
      }),
    );
  });
});

describe('effective rights', () => {
  it('are the blueprint, and never anything that the catalogue does not have', () => {
    fc.assert(
      fc.property(stored, (blueprint) => {
        expect([...effective(blueprint)]).toEqual(normalize(blueprint));
        expect(effective(effective(blueprint))).toEqual(effective(blueprint));
      }),
    );
  });

  it('are for a key what it and its maker both have: never more than either', () => {
    fc.assert(
      fc.property(stored, stored, (blueprint, key) => {
        const both = effective(blueprint, key);
        expect(both.isSubsetOf(effective(blueprint))).toBe(true);
        expect(both.isSubsetOf(effective(key))).toBe(true);
        expect(both).toEqual(effective(key, blueprint));
        expect(effective(both, key)).toEqual(both);
        expect(effective(blueprint, blueprint)).toEqual(effective(blueprint));
        expect(effective(blueprint, []).size).toBe(0);
      }),
    );
  });

  it('shrink when the blueprint does, and grow only with it', () => {
    fc.assert(
      fc.property(stored, stored, fc.option(stored), (blueprint, more, key) => {
        expect(effective(blueprint, key).isSubsetOf(effective([...blueprint, ...more], key))).toBe(true);
      }),
    );
  });

  it('and what a key withholds make up the blueprint, without overlap', () => {
    fc.assert(
      fc.property(stored, fc.option(stored), (blueprint, key) => {
        const held = effective(blueprint, key);
        const rest = withheld(blueprint, key);
        expect(normalize([...held, ...rest])).toEqual(normalize(blueprint));
        expect(held.isDisjointFrom(new Set(rest))).toBe(true);
        if (key === null) expect(rest).toEqual([]);
      }),
    );
  });
});

describe('the difference of rights', () => {
  it('is empty exactly between equals', () => {
    fc.assert(
      fc.property(rights, rights, (before, after) => {
        expect(difference(before, before)).toEqual({ gained: [], lost: [] });
        const { gained, lost } = difference(before, after);
        const isEqual = normalize(before).join() === normalize(after).join();
        expect(gained.length + lost.length === 0).toBe(isEqual);
      }),
    );
  });

  it('leads from one to the other, and turned round leads back', () => {
    fc.assert(
      fc.property(rights, rights, (before, after) => {
        const change = difference(before, after);
        expect(apply(before, change)).toEqual(new Set(normalize(after)));
        expect(apply(after, { gained: change.lost, lost: change.gained })).toEqual(new Set(normalize(before)));
        expect(difference(after, before)).toEqual({ gained: change.lost, lost: change.gained });
      }),
    );
  });

  it('says only what is: nothing is gained that was there, or lost that was not', () => {
    fc.assert(
      fc.property(rights, rights, (before, after) => {
        const { gained, lost } = difference(before, after);
        expect(before.isDisjointFrom(new Set(gained))).toBe(true);
        expect(before.isSupersetOf(new Set(lost))).toBe(true);
        expect(after.isSupersetOf(new Set(gained))).toBe(true);
        expect(after.isDisjointFrom(new Set(lost))).toBe(true);
      }),
    );
  });
});

describe('what is beyond somebody', () => {
  it('is exactly what is asked for and not their own', () => {
    fc.assert(
      fc.property(known, known, (own, asked) => {
        const missing = beyond(new Set(own), asked);
        expect(missing).toEqual(normalize(asked.filter((each) => !own.includes(each))));
        expect(beyond(new Set([...own, ...asked]), asked)).toEqual([]);
      }),
    );
  });

  it('includes every name that this version does not know, after those it does', () => {
    fc.assert(
      fc.property(stored, stored, (blueprint, asked) => {
        const unknown = new Set<string>(asked).difference(new Set(PERMISSIONS));
        const missing = beyond(effective(blueprint), asked);
        expect(new Set(missing.slice(missing.length - unknown.size))).toEqual(unknown);
      }),
    );
  });

  it('never lets a chain of hand-overs end with more than it began with', () => {
    fc.assert(
      fc.property(stored, fc.array(stored), (first, chain) => {
        const maker = effective(first);
        let own = maker;
        for (const asked of chain) if (beyond(own, asked).length === 0) own = effective(asked);
        expect(own.isSubsetOf(maker)).toBe(true);
      }),
    );
  });
});

describe('rights that hold now', () => {
  it('are none for who is inactive, or whose team is; the agent is named first', () => {
    fc.assert(
      fc.property(holding, (held) => {
        const { agentStatus, teamStatus } = held;
        const inactive = teamStatus === 'inactive' ? 'team_inactive' : 'active';
        expect(standingOf(held)).toBe(agentStatus === 'inactive' ? 'agent_inactive' : inactive);
        const isActive = agentStatus === 'active' && teamStatus === 'active';
        expect(rightsOf(held)).toEqual(isActive ? effective(held.blueprint, held.key) : new Set());
      }),
    );
  });

  it('are denied for a reason, and granted without one', () => {
    fc.assert(
      fc.property(holding, permission, (held, asked) => {
        const denial = denialOf(held, asked);
        expect(denial === null).toBe(rightsOf(held).has(asked));
        expect(denial === 'not_in_key').toBe(
          standingOf(held) === 'active' && withheld(held.blueprint, held.key).includes(asked),
        );
        if (denial === 'not_in_blueprint') expect(held.blueprint).not.toContain(asked);
      }),
    );
  });

  it('come back the same when an agent was inactive for a while', () => {
    fc.assert(
      fc.property(holding, (held) => {
        const away = { ...held, agentStatus: 'inactive' as const };
        expect(rightsOf({ ...away, agentStatus: held.agentStatus })).toEqual(rightsOf(held));
        expect(rightsOf(away).isSubsetOf(rightsOf(held))).toBe(true);
      }),
    );
  });
});

function apply(before: Rights, { gained, lost }: RightsChange): ReadonlySet<Permission> {
  return new Set(normalize(before.union(new Set(gained)).difference(new Set(lost))));
}
