/** An agent as it is being written: what is wrong with it, what it changes, and what another's change does to it. Pure. */
import type { AgentView, Lifecycle, UpdateAgentRequest } from '#client';
import { isWholeNumber } from './phone-country.js';

export interface AgentDraft {
  name: string;
  email: string;
  phone: string;
  teamId: string;
  hidePhone: boolean;
  status: Lifecycle;
  notes: string;
  /** Empty: the team's. */
  capacity: string;
}

export type DraftField = keyof AgentDraft;
export const DRAFT_FIELDS: readonly DraftField[] = [
  'name',
  'email',
  'phone',
  'teamId',
  'hidePhone',
  'status',
  'notes',
  'capacity',
];

export type DraftIssue = 'nameMissing' | 'emailInvalid' | 'phoneInvalid' | 'teamMissing' | 'capacityInvalid';

export const EMPTY_DRAFT: AgentDraft = {
  name: '',
  email: '',
  phone: '',
  teamId: '',
  hidePhone: false,
  status: 'active',
  notes: '',
  capacity: '',
};

export function draftOf(agent: AgentView): AgentDraft {
  const { name, email, phone, hidePhone, status } = agent;
  const capacity = agent.capacity === null ? '' : String(agent.capacity);
  return { name, email, phone, hidePhone, status, teamId: agent.team.id, notes: agent.notes ?? '', capacity };
}

/** What would be refused for sure; the server has the last word. */
export function issuesOf(draft: AgentDraft): Partial<Record<DraftField, DraftIssue>> {
  return {
    ...(!draft.name.trim() && { name: 'nameMissing' as const }),
    ...(!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(draft.email.trim()) && { email: 'emailInvalid' as const }),
    ...(!isWholeNumber(draft.phone) && { phone: 'phoneInvalid' as const }),
    ...(!draft.teamId && { teamId: 'teamMissing' as const }),
    ...(!isCapacity(draft.capacity) && { capacity: 'capacityInvalid' as const }),
  };
}

/** The fields in which two drafts differ. */
export function changedFields(from: AgentDraft, to: AgentDraft): DraftField[] {
  return DRAFT_FIELDS.filter((field) => from[field] !== to[field]);
}

/** What is sent to bring `from` to `to`; empty when they are the same. */
export function changesOf(from: AgentDraft, to: AgentDraft): UpdateAgentRequest {
  const whole = requestOf(to);
  return Object.fromEntries(changedFields(from, to).map((field) => [field, whole[field]]));
}

/** The whole draft as it is sent. */
export function requestOf(draft: AgentDraft) {
  return {
    ...draft,
    name: draft.name.trim(),
    email: draft.email.trim(),
    notes: draft.notes.trim() || null,
    capacity: draft.capacity.trim() === '' ? null : Number(draft.capacity),
  };
}

/** `mine`, begun on `base`, on top of what others made of it: what only they changed is theirs. */
export function rebase(
  base: AgentDraft,
  mine: AgentDraft,
  theirs: AgentDraft,
): { draft: AgentDraft; conflicts: DraftField[] } {
  const own = new Set(changedFields(base, mine));
  const conflicts = changedFields(base, theirs).filter((field) => own.has(field) && mine[field] !== theirs[field]);
  const kept = Object.fromEntries([...own].map((field) => [field, mine[field]]));
  return { draft: { ...theirs, ...kept }, conflicts };
}

function isCapacity(text: string): boolean {
  return text.trim() === '' || (/^\d{1,4}$/.test(text.trim()) && Number(text) <= 1_000);
}
