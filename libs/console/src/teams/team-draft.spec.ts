import { describe, expect, it } from '@jest/globals';
import type { PermissionModule, TeamView } from '#client';
import { draftOf, isChanged, requestOf, type TeamDraft, wrongIn } from './team-draft.js';

const team: TeamView = {
  id: '01a20990-0000-7000-8000-000000000001',
  name: 'Support',
  description: null,
  status: 'active',
  permissions: ['inbox.read'],
  capacity: 5,
  autoAssign: false,
  releasePolicy: 'unassign',
  agents: 0,
  version: 1,
  sync: { version: 1, synced: 0, total: 0 },
  createdAt: '2026-11-23T00:00:00.000Z',
  updatedAt: '2026-11-23T00:00:00.000Z',
};
const entry = (key: 'inbox.read' | 'inbox.reply') => ({ key, label: key, description: '' });
const modules: PermissionModule[] = [{ module: 'inbox', permissions: [entry('inbox.read'), entry('inbox.reply')] }];
const begun = (part: Partial<TeamDraft>) => ({ base: team, draft: { ...draftOf(team), ...part } });

describe('a team being changed', () => {
  it('asks for what differs only', () => {
    expect(requestOf(begun({}), modules)).toEqual({});
    expect(requestOf(begun({ name: ' Night ', capacity: '7' }), modules)).toEqual({ name: 'Night', capacity: 7 });
    expect(requestOf(begun({ permissions: new Set(['inbox.reply', 'inbox.read']) }), modules)).toEqual({
      permissions: ['inbox.read', 'inbox.reply'],
    });
  });

  it.each(['', 'abc', '-1', '1.5', '1001', '1e3'])('has something wrong with a capacity of "%s"', (capacity) => {
    expect(wrongIn(begun({ capacity }).draft)).toEqual(['capacity']);
    expect(isChanged(begun({ capacity }))).toBe(true);
  });

  it('has something wrong with no name', () => {
    expect(wrongIn(begun({ name: '  ' }).draft)).toEqual(['name']);
    expect(wrongIn(begun({ capacity: ' 1000 ' }).draft)).toEqual([]);
  });

  it('is not changed by what is not saved', () => {
    expect(isChanged(begun({ name: 'Support ' }))).toBe(false);
    expect(isChanged(begun({ permissions: new Set() }))).toBe(true);
  });
});
