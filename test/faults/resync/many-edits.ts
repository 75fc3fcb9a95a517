import type { Permission, TeamView } from '#contracts';
import type { Show } from './office.js';

const TEAMS = 10;
const AGENTS = 3;
const EDITS = 1_000;
const HANDS = 8;
/** P5 */
const SYNCED_WITHIN_MS = 60_000;
const SETS: readonly Permission[][] = [['inbox.read'], ['inbox.read', 'inbox.reply'], ['inbox.read', 'reports.view']];

/** 1,000 edits by several hands; Redis is emptied at half of them, and again while a node is killed. */
export async function editUnderFaults({ cluster, office, say, signal }: Show): Promise<string[]> {
  const teams: TeamView[] = [];
  for (let index = 0; index < TEAMS; index++) {
    const team = await office.createTeam({ name: `Edited ${index}`, permissions: ['inbox.read'] }, signal);
    teams.push(team);
    for (let agent = 0; agent < AGENTS; agent++) {
      const email = `edited-${index}-${agent}@example.com`;
      await office.createAgent({ name: email, email, phone: '+351912345678', teamId: team.id }, signal);
    }
  }
  const faults = new Map([
    [EDITS / 2, () => cluster.services.flush()],
    [(EDITS * 3) / 4, () => killAndFlush({ cluster, say })],
  ]);
  let next = 0;
  const struck: Promise<void>[] = [];
  const hand = async () => {
    for (let edit = next++; edit < EDITS && !signal.aborted; edit = next++) {
      const fault = faults.get(edit);
      if (fault) struck.push(fault());
      const body = { permissions: SETS[Math.floor(edit / TEAMS) % SETS.length] };
      await office.insist({ method: 'PATCH', path: `/teams/${teams[edit % TEAMS]?.id}`, body }, signal);
    }
  };
  await Promise.all(Array.from({ length: HANDS }, hand));
  await Promise.all(struck);
  const outcome = await office.until(
    () => behind(office, signal),
    (left) => left.length === 0,
    SYNCED_WITHIN_MS,
  );
  if (!outcome.accepted)
    return [`${SYNCED_WITHIN_MS} ms after ${EDITS} edits these are behind: ${outcome.value.join(', ')}`];
  say(
    `${EDITS} edits of ${TEAMS} teams, Redis emptied twice, a node killed: all synced ${outcome.ms} ms after the last`,
  );
  return [];
}

async function killAndFlush({ cluster, say }: Pick<Show, 'cluster' | 'say'>): Promise<void> {
  const [, node] = cluster.nodes;
  if (!node) return;
  await cluster.kill(node);
  await cluster.services.flush();
  say('a node is killed, and Redis emptied');
  await cluster.launch(node);
}

async function behind(office: Show['office'], signal: AbortSignal): Promise<string[]> {
  const { data } = await office.insist<{ data: TeamView[] }>({ path: '/teams?limit=100' }, signal);
  return data.filter(({ sync }) => sync.synced !== sync.total).map(({ name }) => name);
}
