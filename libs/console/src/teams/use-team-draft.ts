import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { MusterProblem, type PermissionModule, type TeamView, type UpdateTeamRequest } from '#client';
import { useRefreshAgents } from '../agents/use-agents.js';
import { complain, notify } from '../design/notify.js';
import { msOf } from '../offboard/receipt-lines.js';
import { muster } from '../session/session.js';
import { type Begun, draftOf, isChanged, requestOf, type TeamDraft, wrongIn } from './team-draft.js';
import { begunIn, forgetDraft, keepDraft, useDrafts } from './team-drafts.js';
import { TEAMS } from './use-teams.js';

const PAUSE_MS = 200;

/** A team as it is being changed, with what saving would do; another's change in between is said, never overwritten. */
export function useTeamDraft(team: TeamView, modules: readonly PermissionModule[]) {
  const begun = useBegun(team);
  const { base, draft } = begun;
  const hasChanged = isChanged(begun);
  const wrong = wrongIn(draft);
  const request = JSON.stringify(hasChanged && wrong.length === 0 ? requestOf(begun, modules) : {});
  const rehearsal = useRehearsal(base, request);
  const save = useSave(base);
  const isRefusedAsStale = save.error instanceof MusterProblem && save.error.code === 'stale_version';
  return {
    base,
    draft,
    wrong,
    isChanged: hasChanged,
    isStale: hasChanged && (isRefusedAsStale || team.version > base.version),
    ...rehearsal,
    saveError: save.error,
    isSaving: save.isPending,
    change: (part: Partial<TeamDraft>): void => {
      if (save.isError) save.reset();
      keepDraft(team.id, { base, draft: { ...draft, ...part } });
    },
    /** Throws the draft away. */
    load: (): void => {
      save.reset();
      forgetDraft(team.id);
    },
    save: (): void => save.mutate({ draft, request: requestOf(begun, modules) }),
  };
}

/** What was begun in the team. Where nothing is being changed, others' changes are simply shown. */
function useBegun(team: TeamView): Begun {
  const begun = useDrafts().get(team.id);
  if (begun && (isChanged(begun) || begun.base.version === team.version)) return begun;
  return { base: team, draft: draftOf(team) };
}

function useRehearsal({ id, version }: TeamView, request: string) {
  const settled = useSettled(request);
  const { data, error } = useQuery({
    queryKey: ['rehearse', 'team', id, version, settled],
    queryFn: async () => (await muster.teams.rehearse.update(id, JSON.parse(settled) as UpdateTeamRequest)).effect,
    enabled: settled !== '{}',
    placeholderData: keepPreviousData,
  });
  return { effect: settled === '{}' ? undefined : data, effectError: settled === '{}' ? null : error };
}

function useSave({ id, name, version }: TeamView) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const refresh = useRefreshAgents();
  const isShown = useIsShown();
  return useMutation({
    mutationFn: ({ request }: { draft: TeamDraft; request: UpdateTeamRequest }) =>
      muster.teams.update(id, request, { ifMatch: version }),
    onSuccess: ({ receipt, ...saved }, { draft }) => {
      const now = begunIn(id)?.draft;
      // What was changed while it was saved is a change of what is saved.
      if (now && now !== draft) keepDraft(id, { base: saved, draft: now });
      else forgetDraft(id);
      client.setQueryData<TeamView[]>(TEAMS, (teams) => teams?.map((one) => (one.id === saved.id ? saved : one)));
      notify(
        t(receipt ? 'teams.savedEverywhere' : 'teams.saved', { name: saved.name, ms: msOf(receipt?.elapsedMs ?? 0) }),
      );
    },
    // Where the team is still shown, its save bar says it.
    onError: (error) => {
      if (!isShown()) complain(t('teams.notSaved', { name }), error);
    },
    onSettled: refresh,
  });
}

/** Whether the component is still there, to be asked later. */
function useIsShown(): () => boolean {
  const shown = useRef(true);
  useEffect(() => {
    shown.current = true;
    return () => {
      shown.current = false;
    };
  }, []);
  return () => shown.current;
}

function useSettled(value: string): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = window.setTimeout(() => setSettled(value), PAUSE_MS);
    return () => window.clearTimeout(timer);
  }, [value]);
  return settled;
}
