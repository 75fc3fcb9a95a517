import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { type Id, PRESENCE_STATES } from '#client';
import { muster } from '../session/session.js';
import { useMay } from '../session/use-me.js';
import { useKnownTeams } from '../teams/use-known-teams.js';
import css from './changes.module.css';

type Members = { [member: string]: unknown } | null;

/** What ids are called, as far as the page knows. */
export type Names = ReadonlyMap<string, string>;

export function namesOf(known: Iterable<{ id: string | null; name: string | null } | null>): Names {
  const names = new Map<string, string>();
  for (const one of known) if (one?.id && one.name) names.set(one.id, one.name);
  return names;
}

/** What a change changed: each member as it was and as it is. */
export function Changes({ before, after, names }: { before: Members; after: Members; names: Names }) {
  const nameOf = useMemberName();
  const members = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  if (members.length === 0) return null;
  return (
    <dl className={css.changes}>
      {members.map((member) => (
        <div key={member}>
          <dt>{nameOf(member)}</dt>
          <dd>
            {before && member in before && (
              <del>
                <Value member={member} value={before[member]} names={names} />
              </del>
            )}
            {after && member in after && (
              <ins>
                <Value member={member} value={after[member]} names={names} />
              </ins>
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** What people call a member; one without a word is shown as the API calls it. */
function useMemberName(): (member: string) => string {
  const { t } = useTranslation();
  return (member) =>
    t([`agents.fields.${member}` as 'agents.fields.name', `changes.${member}` as 'changes.agentId'], {
      defaultValue: member,
    });
}

/** A value, apart from the direction of what stands around it. */
function Value({ member, value, names }: { member: string; value: unknown; names: Names }) {
  const textOf = useValueText();
  const isAgent = (member === 'assigneeId' || member === 'agentId') && typeof value === 'string';
  return <bdi>{isAgent ? (names.get(value) ?? <AgentName id={value} />) : textOf(member, value)}</bdi>;
}

/** An agent whom nothing else on the page names: by name as soon as it is known, and for who may read agents. */
function AgentName({ id }: { id: Id }) {
  const mayRead = useMay('agents.read', 'agents.manage');
  const { data } = useQuery({
    queryKey: ['agent-name', id],
    queryFn: async ({ signal }) => (await muster.agents.get(id, { signal })).name,
    enabled: mayRead,
    staleTime: Infinity,
  });
  return data ?? id;
}

/** A value in words. The API knows more kinds than have words here: the others are shown as they are. */
function useValueText(): (member: string, value: unknown) => string {
  const { t } = useTranslation();
  const teams = useKnownTeams();
  const wordOf = (member: string, value: string): string => {
    switch (member) {
      case 'teamId':
        return teams.find(({ id }) => id === value)?.name ?? value;
      case 'permissions':
        return t(`permissions.${value}` as 'permissions.inbox.read', { defaultValue: value });
      case 'releasePolicy':
        return t(`teams.releasePolicies.${value}` as 'teams.releasePolicies.unassign', { defaultValue: value });
      case 'status':
        return value === 'active' || value === 'inactive' ? t(`lifecycle.${value}`) : value;
      case 'availability': {
        const state = PRESENCE_STATES.find((one) => one === value);
        return state ? t(`presence.${state}`) : value;
      }
      default:
        return value;
    }
  };
  const textOf = (member: string, value: unknown): string => {
    if (typeof value === 'string') return wordOf(member, value);
    if (typeof value === 'boolean') return t(value ? 'yes' : 'no');
    if (Array.isArray(value)) return value.map((one) => textOf(member, one)).join(', ') || '∅';
    return value === null || value === undefined ? '—' : JSON.stringify(value);
  };
  return textOf;
}
