import { describe, expect, it } from '@jest/globals';
import { PERMISSIONS } from '#contracts';
import { toE164 } from '../privacy/phone.js';
import { agentsOf } from './demo-agents.js';
import { DEMO_TEAMS } from './demo-data.js';

const AGENTS = DEMO_TEAMS.flatMap((team, index) => {
  const before = DEMO_TEAMS.slice(0, index).reduce((sum, { agents }) => sum + agents, 0);
  return agentsOf(team, before);
});

const distinct = (values: readonly string[]): number => new Set(values).size;

describe('the demo workspace', () => {
  it('has 5 teams and 200 agents', () => {
    expect(DEMO_TEAMS).toHaveLength(5);
    expect(AGENTS).toHaveLength(200);
  });

  it('gives everybody a name, an e-mail and a number of their own', () => {
    expect(distinct(AGENTS.map(({ name }) => name))).toBe(200);
    expect(distinct(AGENTS.map(({ email }) => email))).toBe(200);
    expect(distinct(AGENTS.map(({ phone }) => phone))).toBe(200);
    expect(AGENTS.filter(({ email }) => !/^[a-z]+\.[a-z]+@demo\.muster\.local$/.test(email))).toEqual([]);
    expect(AGENTS.filter(({ name }) => !/^\p{Lu}\p{L}+ \p{Lu}\p{L}+$/u.test(name))).toEqual([]);
  });

  it('uses numbers that Muster takes and that belong to nobody', () => {
    const reserved = /^(\+164655501\d\d|\+447700900[01]\d\d|\+493023125\d{3}|\+6125550\d{4})$/;
    expect(AGENTS.filter(({ phone }) => toE164(phone) !== phone || !reserved.test(phone))).toEqual([]);
  });

  it('has a few of each case that an administrator meets', () => {
    const few = (count: number): void => {
      expect(count).toBeGreaterThan(3);
      expect(count).toBeLessThan(40);
    };
    few(AGENTS.filter(({ status }) => status === 'inactive').length);
    few(AGENTS.filter(({ hidePhone }) => hidePhone).length);
    few(AGENTS.filter(({ capacity }) => capacity === 2).length);
    few(AGENTS.filter(({ capacity }) => (capacity ?? 0) > 2).length);
  });

  it('lets every team answer customers, and only one watch the floor', () => {
    for (const { permissions } of DEMO_TEAMS) {
      expect(permissions).toEqual(expect.arrayContaining(['inbox.read', 'inbox.reply']));
      expect(permissions.filter((permission) => !PERMISSIONS.includes(permission))).toEqual([]);
      expect(distinct(permissions)).toBe(permissions.length);
    }
    expect(DEMO_TEAMS.filter(({ permissions }) => permissions.includes('dashboard.view'))).toHaveLength(1);
    expect(distinct(DEMO_TEAMS.map(({ phoneNumberId }) => phoneNumberId))).toBe(5);
  });
});
