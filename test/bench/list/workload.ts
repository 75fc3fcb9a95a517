import type { AgentView, Page } from '#contracts';
import { searches } from './seed.js';
import type { Subject } from './subjects.js';

export interface Workload {
  name: string;
  /** What is asked for, in turn. */
  paths(subject: Subject): Promise<string[]>;
}

const LIST = '/api/v1/agents?limit=50';
const MAX_PAGES = 200;

export const WORKLOADS: readonly Workload[] = [
  { name: 'search', paths: async ({ agents }) => searches(agents).map((q) => `${LIST}&q=${encodeURIComponent(q)}`) },
  { name: 'paging', paths: (subject) => pages(subject, LIST) },
  { name: 'paging a search', paths: (subject) => pages(subject, `${LIST}&q=ana`) },
];

/** The list's pages, found by walking them. */
async function pages(subject: Subject, first: string): Promise<string[]> {
  const paths = [first];
  for (let next = await cursorAfter(subject, first); next !== null && paths.length < MAX_PAGES;) {
    const path = `${first}&cursor=${next}`;
    paths.push(path);
    next = await cursorAfter(subject, path);
  }
  return paths;
}

async function cursorAfter({ server, token }: Subject, path: string): Promise<string | null> {
  const answer = await fetch(`http://127.0.0.1:${server.port}${path}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  if (!answer.ok) throw new Error(`GET ${path} answered ${answer.status}: ${await answer.text()}`);
  const { page } = (await answer.json()) as Page<AgentView>;
  return page.next;
}
