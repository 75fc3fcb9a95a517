import type { Sources } from '../sources/sources.js';
import type { Operation } from './openapi.js';
import type { Route } from './routes.js';

/** The parts of the API in the order of the reference. A part that isn't here is described by its controller's docstring. */
const TAGS: Record<string, string> = {
  auth: 'Who is calling: logging in, renewing and ending sessions, invitations, API keys.',
  access: 'May they, now: for other services, which ask before each thing they do on behalf of an agent.',
  teams: 'Teams and their blueprints: the permissions that every agent of a team has, and no other way to get one.',
  agents: 'Agents: profile, team, status, Hide Phone, presence; where their permissions come from.',
  presence: 'Who is here, and whether they want work.',
  conversations: 'Conversations with customers: who has them, who waits, handing them over.',
  contacts: 'Customers: their names, a number that is shown on purpose, and forgetting somebody.',
  interactions: 'Messages in and out, reported by other services. Each counts once, however often it is sent.',
  webhooks: 'What WhatsApp and Chatwoot deliver.',
  'outgoing webhooks': 'Other systems that are told of events, signed by the Standard Webhooks specification.',
  channels: 'WhatsApp numbers of the workspace.',
  chatwoot: 'Chatwoot accounts whose conversations are followed; docs/adapters.md says how to connect one.',
  inbox: 'Who can take the next conversation.',
  dashboard: 'The floor as supervisors see it, at one moment. `/dashboard` of the socket API keeps it current.',
  alerts: 'Limits of the floor, and what was raised when they were crossed.',
  audit: 'Who changed what, and when.',
  reports: 'What happened on the floor, as figures. Times are UTC; docs/reports.md has the formulas.',
  settings: 'Settings of the workspace.',
  health: 'For load balancers, orchestrators and monitoring. Not under `/api/v1`.',
};

/** The tags in use, described. */
export function tagsOf(
  operations: Operation[],
  routes: Route[],
  sources: Sources,
): { name: string; description: string }[] {
  const used = new Set(operations.flatMap(({ tags = [] }) => tags));
  const ordered = [...Object.keys(TAGS).filter((name) => used.has(name)), ...[...used].filter((name) => !TAGS[name])];
  return ordered.map((name) => ({ name, description: TAGS[name] ?? docOfTag(name, routes, sources) }));
}

function docOfTag(tag: string, routes: Route[], sources: Sources): string {
  const controllers = routes
    .filter(({ operation }) => operation.tags?.includes(tag))
    .map(({ controller }) => controller);
  const docs = controllers.map(({ name }) => sources.classDoc(name));
  return docs.find((doc) => doc !== null) ?? `Everything about ${tag}.`;
}
