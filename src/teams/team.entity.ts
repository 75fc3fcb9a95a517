import { defineEntity, p } from '@mikro-orm/core';
import type { Lifecycle, Permission, ReleasePolicy } from '#contracts';
import { workspaceFilter } from '../platform/database/workspace-filter.js';
import type { TeamState } from './team.events.js';

export const TeamSchema = defineEntity({
  name: 'Team',
  tableName: 'team',
  filters: workspaceFilter,
  properties: {
    id: p.uuid().primary(),
    workspaceId: p.uuid(),
    name: p.text(),
    description: p.text().strictNullable(),
    status: p.text().$type<Lifecycle>(),
    permissions: p.array<Permission>().columnType('text[]'),
    capacity: p.integer(),
    releasePolicy: p.text().$type<ReleasePolicy>(),
    autoAssign: p.boolean(),
    blueprintVersion: p.integer(),
    version: p.integer(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
    deletedAt: p.datetime().strictNullable(),
  },
});

/** What an administrator can set. */
export type TeamSettings = Pick<
  Team,
  'name' | 'description' | 'status' | 'permissions' | 'capacity' | 'releasePolicy' | 'autoAssign'
>;

/** A team: a blueprint of permissions that its agents inherit, and their default capacity. */
export class Team extends TeamSchema.class {
  /** Takes over what changed. Returns whether anything did; a changed blueprint counts its own version too. */
  change(values: Partial<TeamSettings>, at: Date): boolean {
    const before = JSON.stringify(this.settings());
    const blueprint = this.permissions;
    Object.assign(this, values);
    if (JSON.stringify(this.settings()) === before) return false;
    if (JSON.stringify(this.permissions) !== JSON.stringify(blueprint)) this.blueprintVersion++;
    this.version++;
    this.updatedAt = at;
    return true;
  }

  /** A new version of the same blueprint: everything that is derived from it counts as behind and follows anew. */
  renewBlueprint(): void {
    this.blueprintVersion++;
  }

  /** What an administrator can set, as it goes into the audit log. */
  settings(): TeamSettings {
    const { name, description, status, permissions, capacity, releasePolicy, autoAssign } = this;
    return { name, description, status, permissions, capacity, releasePolicy, autoAssign };
  }

  /** Ends it. The row stays: history and deleted agents still refer to it. */
  delete(at: Date): void {
    this.deletedAt = at;
    this.updatedAt = at;
    this.version++;
  }

  /** What live views need to know. */
  state(): TeamState {
    const { id, name, status, capacity, version } = this;
    const canReply = this.permissions.includes('inbox.reply');
    return { id, name, status, capacity, version, canReply, deleted: this.deletedAt !== null };
  }
}
TeamSchema.setClass(Team);
