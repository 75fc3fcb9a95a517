import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { type ConversationView, type Id, MusterProblem, type NotAssignableReason } from '#client';
import { explain } from '../session/problem-text.js';
import { muster } from '../session/session.js';
import { refreshLists, takeConversation } from './use-conversations.js';

export type Act =
  | { kind: 'take'; agentId: Id; version: number }
  | { kind: 'assign'; agentId: Id }
  | { kind: 'least-loaded'; teamId?: Id }
  | { kind: 'transfer'; teamId: Id }
  | { kind: 'unassign' | 'resolve' | 'reopen' };

function perform(id: Id, act: Act): Promise<ConversationView> {
  const { conversations } = muster;
  switch (act.kind) {
    // Taking is meant for what is seen: if somebody was faster it must not be taken from them.
    case 'take':
      return conversations.assign(id, { agentId: act.agentId }, { ifMatch: act.version });
    case 'assign':
      return conversations.assign(id, { agentId: act.agentId });
    case 'least-loaded':
      return conversations.assign(id, { strategy: 'least-loaded', ...(act.teamId && { teamId: act.teamId }) });
    case 'transfer':
      return conversations.transfer(id, act.teamId);
    default:
      return conversations[act.kind](id);
  }
}

/** Does something with a conversation, one thing at a time; why it was refused stays to be read until the next try. */
export function useAct(id: Id) {
  const client = useQueryClient();
  const mutationKey = ['act', id];
  const acting = useMutation({
    mutationKey,
    mutationFn: (act: Act) => perform(id, act),
    onSuccess: (now) => takeConversation(client, now),
    onSettled: () => Promise.all([refreshLists(client), client.invalidateQueries({ queryKey: ['conversation', id] })]),
  });
  // The second click of a double click comes before the buttons are drawn as busy.
  const mutate = (act: Act): void => {
    if (client.isMutating({ mutationKey }) === 0) acting.mutate(act);
  };
  return { ...acting, mutate };
}

/** A refusal in words; with each reason why an agent can't take it. */
export function useRefusalText(): (error: unknown) => string {
  const { t } = useTranslation();
  return (error) => {
    if (!(error instanceof MusterProblem)) return explain(error);
    if (error.code === 'stale_version') return t('inbox.stale');
    const { reasons = [] } = error.problem;
    if (error.code !== 'not_assignable' || reasons.length === 0) return explain(error);
    const words = reasons.map((reason) => t(`inbox.reasons.${reason as NotAssignableReason}`));
    return t('inbox.notAssignable', { reasons: words.join(' · ') });
  };
}
