import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type AgentView, type ChangedAgentView, type Invitation, MusterProblem } from '#client';
import { notify } from '../design/notify.js';
import { msOf } from '../offboard/receipt-lines.js';
import { fieldErrors } from '../session/problem-text.js';
import { muster } from '../session/session.js';
import { useMe } from '../session/use-me.js';
import {
  type AgentDraft,
  changesOf,
  type DraftField,
  draftOf,
  EMPTY_DRAFT,
  issuesOf,
  rebase,
  requestOf,
} from './agent-draft.js';
import { useForceSync } from './use-force-sync.js';
import { useRefreshAgents } from './use-agents.js';

export interface Conflict {
  theirs: AgentDraft;
  fields: DraftField[];
  /** What others changed, and nobody here. */
  taken: DraftField[];
}

/** The state of the form: a draft on a base, what is wrong with it, and another's change that came between. */
export function useAgentForm(
  agent: AgentView | null,
  onClose: () => void,
  onInvited: (invited: { name: string; invitation: Invitation }) => void,
) {
  const { t } = useTranslation();
  const refresh = useRefreshAgents();
  const isOwn = useMe().agent.id === agent?.id;
  const [base, setBase] = useState(() => ({ draft: agent ? draftOf(agent) : EMPTY_DRAFT, version: agent?.version }));
  const [draft, setDraft] = useState(base.draft);
  const [conflict, setConflict] = useState<Conflict | null>(null);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const changes = changesOf(base.draft, draft);
  const sync = useForceSync();

  const save = useMutation({
    mutationFn: async (): Promise<void> => {
      if (agent) return saved(await muster.agents.update(agent.id, changes, ifMatch(base.version)));
      const created = await muster.agents.create(requestOf(draft));
      await refresh();
      notify(t('agents.created', { name: created.name, team: created.team.name }));
      if (created.invitation) onInvited({ name: created.name, invitation: created.invitation });
      else onClose();
    },
    onError: async (error) => {
      if (agent && error instanceof MusterProblem && error.code === 'stale_version') await meet(agent.id);
      else setErrors(fieldErrors(error));
    },
  });

  const saved = async ({ name, receipt }: ChangedAgentView): Promise<void> => {
    await refresh();
    notify(receipt ? t('agents.savedEverywhere', { name, ms: msOf(receipt.elapsedMs) }) : t('agents.saved', { name }));
    onClose();
  };

  /** Somebody else was first: what they did becomes the base. */
  const meet = async (id: string): Promise<void> => {
    const now = await muster.agents.get(id);
    const theirs = draftOf(now);
    const { draft: merged, conflicts } = rebase(base.draft, draft, theirs);
    const taken = (Object.keys(theirs) as DraftField[]).filter(
      (field) => theirs[field] !== base.draft[field] && !conflicts.includes(field),
    );
    setBase({ draft: theirs, version: now.version });
    setDraft(merged);
    setConflict({ theirs, fields: conflicts, taken });
  };

  const submit = (): void => {
    const issues = issuesOf(draft);
    const found = Object.fromEntries(
      Object.entries(issues).map(([field, issue]) => [field, t(`agents.issues.${issue}`)]),
    );
    setErrors(found);
    if (Object.keys(found).length > 0) return;
    if (agent && Object.keys(changes).length === 0) sync.mutate(agent, { onSuccess: onClose });
    else save.mutate();
  };

  const change = (part: Partial<AgentDraft>): void => {
    setDraft((now) => ({ ...now, ...part }));
    setErrors((now) => Object.fromEntries(Object.entries(now).filter(([field]) => field !== '' && !(field in part))));
  };

  const take = (field: DraftField): void => {
    if (conflict) change({ [field]: conflict.theirs[field] });
  };

  const isChanged = Object.keys(changes).length > 0;
  return {
    draft,
    change,
    changes,
    isChanged,
    errors,
    conflict,
    take,
    submit,
    isOwn,
    isBusy: save.isPending || sync.isPending,
  };
}

function ifMatch(version: number | undefined) {
  return version === undefined ? {} : { ifMatch: version };
}
