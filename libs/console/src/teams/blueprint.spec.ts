import { describe, expect, it } from '@jest/globals';
import type { Permission, PermissionModule } from '#client';
import { isSame, markOf, ordered, toggle, toggleModule } from './blueprint.js';

const entry = (key: Permission) => ({ key, label: key, description: '' });
const inbox: PermissionModule = {
  module: 'inbox',
  permissions: [entry('inbox.read'), entry('inbox.reply'), entry('inbox.assign')],
};
const audit: PermissionModule = { module: 'audit', permissions: [entry('audit.read')] };
const set = (...keys: Permission[]) => new Set<Permission>(keys);

describe('a blueprint being drawn', () => {
  it('marks what the draft keeps, adds, removes and leaves out', () => {
    const current = set('inbox.read', 'inbox.reply');
    const draft = set('inbox.read', 'audit.read');
    const marks = ['inbox.read', 'audit.read', 'inbox.reply', 'inbox.assign'].map((key) => markOf(current, draft, key));
    expect(marks).toEqual(['kept', 'added', 'removed', 'absent']);
  });

  it('toggled twice is as before', () => {
    const draft = set('inbox.read');
    expect(isSame(toggle(toggle(draft, 'audit.read'), 'audit.read'), draft)).toBe(true);
    expect(isSame(draft, toggle(draft, 'audit.read'))).toBe(false);
  });

  it('fills a module with what its editor has, and empties a full one', () => {
    const own: Permission[] = ['inbox.read', 'inbox.reply'];
    const filled = toggleModule(set(), inbox, own);
    expect([...filled]).toEqual(own);
    expect(toggleModule(filled, inbox, own).size).toBe(0);
  });

  it('keeps what the module has beyond its editor', () => {
    expect([...toggleModule(set('inbox.assign'), inbox, ['inbox.read'])].sort()).toEqual([
      'inbox.assign',
      'inbox.read',
    ]);
  });

  it('is sent in the order of the catalogue', () => {
    expect(ordered([inbox, audit], set('audit.read', 'inbox.reply', 'inbox.read'))).toEqual([
      'inbox.read',
      'inbox.reply',
      'audit.read',
    ]);
  });
});
