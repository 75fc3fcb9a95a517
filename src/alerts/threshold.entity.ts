import { defineEntity, p } from '@mikro-orm/core';
import type { Comparison, DensityWindow, ThresholdCondition, ThresholdKind } from '#contracts';
import { workspaceFilter } from '../platform/database/workspace-filter.js';

export const ThresholdSchema = defineEntity({
  name: 'Threshold',
  tableName: 'threshold',
  filters: workspaceFilter,
  properties: {
    id: p.uuid().primary(),
    workspaceId: p.uuid(),
    name: p.text(),
    kind: p.text().$type<ThresholdKind>(),
    teamId: p.uuid().strictNullable(),
    comparison: p.text().$type<Comparison>(),
    value: p.double().$type<number>(),
    densityWindow: p.text().$type<DensityWindow>().strictNullable(),
    forMinutes: p.integer(),
    enabled: p.boolean(),
    version: p.integer(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
  },
});

/** What an administrator can set. */
export type ThresholdSettings = Pick<
  Threshold,
  'name' | 'kind' | 'teamId' | 'comparison' | 'value' | 'densityWindow' | 'forMinutes' | 'enabled'
>;

/** A limit of the workspace's floor. */
export class Threshold extends ThresholdSchema.class {
  /** Takes over what changed. Returns whether anything did, and whether that begins anew what it watches. */
  change(values: Partial<ThresholdSettings>, at: Date): { isChanged: boolean; beginsAnew: boolean } {
    const before = this.settings();
    Object.assign(this, values);
    const after = this.settings();
    const isChanged = JSON.stringify(after) !== JSON.stringify(before);
    const beginsAnew = JSON.stringify({ ...after, name: '' }) !== JSON.stringify({ ...before, name: '' });
    if (isChanged) {
      this.version++;
      this.updatedAt = at;
    }
    return { isChanged, beginsAnew };
  }

  /** What an administrator can set, as it goes into the audit log. */
  settings(): ThresholdSettings {
    const { name, kind, teamId, comparison, value, densityWindow, forMinutes, enabled } = this;
    return { name, kind, teamId, comparison, value, densityWindow, forMinutes, enabled };
  }
}
ThresholdSchema.setClass(Threshold);

/** The condition as it is on the wire and in the alerts. */
export function conditionOf(settings: Omit<ThresholdSettings, 'name' | 'enabled'>): ThresholdCondition {
  const { kind, teamId, comparison, value, densityWindow, forMinutes } = settings;
  return { kind, scope: { teamId }, comparison, value, window: densityWindow, forMinutes };
}
