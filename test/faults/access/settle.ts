/** After the last fault: what must come right by itself, and in time. */
import type { Page } from '#contracts';
import type { Violation } from './check/checker.js';
import { type Answer, HttpClient, json } from './http.js';
import { now } from './history.js';
import type { Stage } from './stage.js';
import type { Member, World } from './world.js';

/** P5 */
const SYNCED_WITHIN_MS = 60_000;
const SERVED_WITHIN_MS = 20_000;
const AGAIN_MS = 200;

export interface Settled {
  violations: Violation[];
  /** How long it took until everything derived was at the newest version. */
  syncedAfterMs: number | null;
}

export async function settle(stage: Stage, world: World, signal: AbortSignal): Promise<Settled> {
  const from = now();
  const violations = await checkService(stage, world, signal);
  const synced = await until(
    () => findBehind(world),
    (behind) => behind?.length === 0,
    SYNCED_WITHIN_MS,
    signal,
  );
  // Who gives up has seen too little to complain.
  if (signal.aborted) return { violations: [], syncedAfterMs: null };
  if (synced?.length === 0) return { violations, syncedAfterMs: Math.round(now() - from) };
  const what = `${synced?.join(', ') ?? 'the lists'} not synced ${SYNCED_WITHIN_MS} ms after the last fault`;
  violations.push({ promise: 'P5', what, at: now(), principal: null, node: null });
  return { violations, syncedAfterMs: null };
}

/** Every active agent of an active team is let in by every node. */
async function checkService(stage: Stage, world: World, signal: AbortSignal): Promise<Violation[]> {
  const active = await findActive(world, signal);
  const violations: Violation[] = [];
  for (const node of stage.cluster.nodes) {
    for (const member of active) {
      const answer = await until(
        () => logInAndAsk(node.url, member),
        (code) => code === 200,
        SERVED_WITHIN_MS,
        signal,
      );
      if (answer === 200 || !(await findActive(world, signal)).includes(member)) continue;
      const what = `after the last fault ${member.email} is not served (${answer})`;
      violations.push({ promise: 'P4', what, at: now(), principal: null, node: node.index });
    }
  }
  return violations;
}

/** As it is, not as somebody believes who may have been interrupted. */
async function findActive({ administration, members, guests }: World, signal: AbortSignal): Promise<Member[]> {
  const read = async () => [
    await administration.ask({ path: '/teams?limit=100' }),
    await administration.ask({ path: '/agents?limit=100' }),
  ];
  const isRead = (answers: Answer[]) => answers.every(({ status }) => status === 200);
  const answers = await until(read, isRead, SERVED_WITHIN_MS, signal);
  if (!isRead(answers)) return [...members, ...guests];
  const [teams, agents] = answers.map((answer) => json<Page<Found>>(answer).data.filter(isActive));
  const open = new Set(teams?.map(({ id }) => id));
  const active = new Set(agents?.filter(({ team }) => team && open.has(team.id)).map(({ id }) => id));
  return [...members, ...guests].filter(({ subject }) => active.has(subject.id));
}

type Found = { id: string; status: string; team?: { id: string } };

function isActive({ status }: Found): boolean {
  return status === 'active';
}

async function logInAndAsk(url: string, { email, password }: Member): Promise<number> {
  const http = new HttpClient();
  const body = { email, password };
  const login = await http.ask(url, { method: 'POST', path: '/auth/login', body });
  const token = login.status === 200 ? json<{ accessToken: string }>(login).accessToken : null;
  const answer = token ? await http.ask(url, { path: '/me', token }) : login;
  http.close();
  return answer.status;
}

/** Names of teams and agents that are behind; null: nobody answers. */
async function findBehind({ administration }: World): Promise<string[] | null> {
  const teams = await administration.ask({ path: '/teams?limit=100' });
  const agents = await administration.ask({ path: '/agents?limit=100' });
  if (teams.status !== 200 || agents.status !== 200) return null;
  return [
    ...json<Listed<{ synced: number; total: number }>>(teams).data.filter(({ sync }) => sync.synced !== sync.total),
    ...json<Listed<{ version: number; syncedVersion: number }>>(agents).data.filter(
      ({ sync }) => sync.version !== sync.syncedVersion,
    ),
  ].map(({ name }) => name);
}

interface Listed<Sync> {
  data: { name: string; sync: Sync }[];
}

/** The first value that is accepted, or the last one when time is up. */
async function until<T>(
  read: () => Promise<T>,
  accept: (value: T) => boolean,
  withinMs: number,
  signal: AbortSignal,
): Promise<T> {
  const deadline = now() + withinMs;
  for (;;) {
    const value = await read();
    if (accept(value) || signal.aborted || now() > deadline) return value;
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
}
