import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import {
  type Lifecycle,
  MusterProblem,
  type Permission,
  type PermissionModule,
  type ReleasePolicy,
  type TeamView,
  type UpdateTeamRequest,
} from '#client';
import { useRefreshAgents } from '../agents/use-agents.js';
import { complain, notify } from '../design/notify.js';
import { msOf } from '../offboard/receipt-lines.js';
import { muster } from '../session/session.js';
import { isSame, ordered } from './blueprint.js';
import { TEAMS } from './use-teams.js';

export interface TeamDraft {
  name: string;
  description: string;
  status: Lifecycle;
  capacity: string;
  autoAssign: boolean;
  releasePolicy: ReleasePolicy;
  permissions: ReadonlySet<Permission>;
}

const PAUSE_MS = 200;

/** A team as it is being changed, with what saving would do; another's change in between is said, never overwritten. */
export function useTeamDraft(team: TeamView, modules: readonly PermissionModule[]) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const refresh = useRefreshAgents();
  const [base, setBase] = useState(team);
  const [draft, setDraft] = useState(() => draftOf(team));
  const [isStale, setStale] = useState(false);
  const request = useMemo(() => requestOf(base, draft, modules), [base, draft, modules]);
  const isChanged = Object.keys(request).length > 0;
  // Nothing is being changed here: others' changes are simply shown.
  if (!isChanged && team.version !== base.version) {
    setBase(team);
    setDraft(draftOf(team));
  }

  const settled = useSettled(JSON.stringify(request));
  const { data: effect, error: effectError } = useQuery({
    queryKey: ['rehearse', 'team', team.id, base.version, settled],
    queryFn: async () => (await muster.teams.rehearse.update(team.id, JSON.parse(settled) as UpdateTeamRequest)).effect,
    enabled: settled !== '{}',
    placeholderData: keepPreviousData,
  });

  const load = (): void => {
    setStale(false);
    setBase(team);
    setDraft(draftOf(team));
  };
  const save = useMutation({
    mutationFn: () => muster.teams.update(team.id, request, { ifMatch: base.version }),
    onSuccess: ({ receipt, ...saved }) => {
      setBase(saved);
      setDraft(draftOf(saved));
      client.setQueryData<TeamView[]>(TEAMS, (teams) => teams?.map((one) => (one.id === saved.id ? saved : one)));
      notify(
        t(receipt ? 'teams.savedEverywhere' : 'teams.saved', { name: saved.name, ms: msOf(receipt?.elapsedMs ?? 0) }),
      );
    },
    onError: (error) => {
      if (error instanceof MusterProblem && error.code === 'stale_version') setStale(true);
      complain(t('teams.notSaved', { name: base.name }), error);
    },
    onSettled: refresh,
  });
  const change = (part: Partial<TeamDraft>): void => setDraft((now) => ({ ...now, ...part }));
  return {
    base,
    draft,
    change,
    isChanged,
    isStale,
    load,
    effect: settled === '{}' ? undefined : effect,
    effectError,
    save,
  };
}

function draftOf({ name, description, status, capacity, autoAssign, releasePolicy, permissions }: TeamView): TeamDraft {
  return {
    name,
    description: description ?? '',
    status,
    capacity: String(capacity),
    autoAssign,
    releasePolicy,
    permissions: new Set(permissions),
  };
}

function requestOf(base: TeamView, draft: TeamDraft, modules: readonly PermissionModule[]): UpdateTeamRequest {
  const name = draft.name.trim();
  const description = draft.description.trim() || null;
  const capacity = Number(draft.capacity);
  return {
    ...(name && name !== base.name && { name }),
    ...(description !== base.description && { description }),
    ...(draft.status !== base.status && { status: draft.status }),
    ...(isCapacity(draft.capacity) && capacity !== base.capacity && { capacity }),
    ...(draft.autoAssign !== base.autoAssign && { autoAssign: draft.autoAssign }),
    ...(draft.releasePolicy !== base.releasePolicy && { releasePolicy: draft.releasePolicy }),
    ...(!isSame(new Set(base.permissions), draft.permissions) && { permissions: ordered(modules, draft.permissions) }),
  };
}

/** Whether the text is a capacity that a team may have. */
export function isCapacity(text: string): boolean {
  return /^\d{1,4}$/.test(text.trim()) && Number(text) <= 1_000;
}

function useSettled(value: string): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = window.setTimeout(() => setSettled(value), PAUSE_MS);
    return () => window.clearTimeout(timer);
  }, [value]);
  return settled;
}
