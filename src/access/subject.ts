import type { Authority } from './authority.js';

/** Whose rights changed: one agent, everybody of a team, one credential, or all when that isn't known. */
export type AccessSubject = { kind: 'agent' | 'team' | 'session' | 'api_key'; id: string } | { kind: 'everybody' };

/** Whether a change of the subject's rights can change this authority. */
export function concerns(subject: AccessSubject, authority: Authority): boolean {
  switch (subject.kind) {
    case 'everybody':
      return true;
    case 'agent':
      return authority.agentId === subject.id;
    case 'team':
      return authority.teamId === subject.id;
    default:
      return authority.credential.id === subject.id;
  }
}
