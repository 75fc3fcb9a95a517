/** A threshold as it is being written. Pure. */
import type { Comparison, CreateThresholdRequest, DensityWindow, ThresholdKind, ThresholdView } from '#client';

export interface ThresholdDraft {
  name: string;
  kind: ThresholdKind;
  teamId: string;
  comparison: Comparison;
  value: string;
  window: DensityWindow;
  forMinutes: string;
}

export const KINDS: readonly ThresholdKind[] = ['waiting', 'load', 'density', 'staffing'];

export const EMPTY_THRESHOLD: ThresholdDraft = {
  name: '',
  kind: 'waiting',
  teamId: '',
  comparison: 'above',
  value: '300',
  window: 'm5',
  forMinutes: '0',
};

export function draftOf({ name, kind, scope, comparison, value, window, forMinutes }: ThresholdView): ThresholdDraft {
  const texts = { value: String(value), forMinutes: String(forMinutes) };
  return { name, kind, comparison, ...texts, teamId: scope.teamId ?? '', window: window ?? 'm5' };
}

/** What can't be sent: the fields that are no numbers, or empty. */
export function wrongFields(draft: ThresholdDraft): (keyof ThresholdDraft)[] {
  const isNumber = (text: string): boolean => text.trim() !== '' && Number.isFinite(Number(text)) && Number(text) >= 0;
  return [
    ...(draft.name.trim() ? [] : (['name'] as const)),
    ...(isNumber(draft.value) ? [] : (['value'] as const)),
    ...(/^\d{1,4}$/.test(draft.forMinutes.trim()) ? [] : (['forMinutes'] as const)),
  ];
}

export function requestOf(draft: ThresholdDraft): CreateThresholdRequest {
  return {
    name: draft.name.trim(),
    kind: draft.kind,
    scope: { teamId: draft.teamId || null },
    comparison: draft.kind === 'waiting' ? 'above' : draft.comparison,
    value: Number(draft.value),
    window: draft.kind === 'density' ? draft.window : null,
    forMinutes: Number(draft.forMinutes),
  };
}
