/** The workspace of a run: teams, agents and conversations, made before anybody acts. */
import { type LoginAnswer, type Permission, PERMISSIONS } from '#contracts';
import { Administration } from './administration.js';
import { ADMIN, NEEDLE } from './cluster.js';
import { now } from './history.js';
import { HttpClient, json } from './http.js';
import type { Stage } from './stage.js';
import { Subject } from './subject.js';

export const PASSWORD = 'a-password-for-faults';
const AGAIN_MS = 250;
/** No fault lasts so long. */
const MADE_WITHIN_MS = 30_000;

/** What blueprint edits take away and give. */
export const TOGGLED: readonly Permission[] = ['inbox.read', 'dashboard.view', 'agents.read', 'interactions.write'];
/** What each team has alone and keeps, so that every move takes something away. */
const OWN: readonly Permission[] = ['tasks.read', 'tags.manage', 'media.read'];

export interface Member {
  subject: Subject;
  email: string;
  password: string;
}

export interface World {
  administration: Administration;
  adminId: string;
  teams: Subject[];
  members: Member[];
  /** Where those are who come and go with teams of their own. */
  rest: Subject;
  guests: Member[];
  conversations: string[];
}

/** What a world is made of; whatever can't be made just now is asked for until it can. */
export async function createWorld(stage: Stage, agents: number, guests: number): Promise<World> {
  const administration = await login(stage);
  const teams: Subject[] = [];
  for (const [index, own] of OWN.entries()) {
    teams.push(surely(await createTeam(stage, administration, `Team ${index}`, [...TOGGLED, own])));
  }
  const rest = surely(await createTeam(stage, administration, 'Rest', ['dashboard.view']));
  const populate = async (name: string, count: number, homes: Subject[]) => {
    const members: Member[] = [];
    for (let index = 0; index < count; index++) {
      const team = homes[index % homes.length]?.id ?? '';
      members.push(surely(await createMember(stage, administration, `${name} ${index}`, team)));
    }
    return members;
  };
  const members = await populate('Agent', agents, teams);
  const conversations: string[] = [];
  for (let index = 0; index < 12; index++) {
    const phone = `+${NEEDLE}76${String(54_321 + index)}`;
    const body = { contact: { name: `Customer ${index}`, phone } };
    conversations.push(surely(await create<Created>(stage, administration, '/conversations', () => body)).id);
  }
  const adminId = await introduceAdmin(stage, administration);
  const everybody = { members, rest, guests: await populate('Guest', guests, [rest]) };
  return { administration, adminId, teams, conversations, ...everybody };
}

let made = 0;

/** Null: the run ended before. */
export async function createTeam(
  stage: Stage,
  administration: Administration,
  name: string,
  permissions: readonly Permission[],
): Promise<Subject | null> {
  const body = () => ({ name: `${name} ${++made}`, permissions, capacity: 100 });
  const team = await create<Created>(stage, administration, '/teams', body);
  const values = { status: 'active', permissions: [...permissions] };
  return team && new Subject(administration, stage, 'team', team.id, values, team.version);
}

/** Null: the run ended before. */
export async function createMember(
  stage: Stage,
  administration: Administration,
  name: string,
  team: string,
): Promise<Member | null> {
  let email = '';
  const agent = await create<Created>(stage, administration, '/agents', () => {
    email = `agent-${++made}@example.com`;
    return { name, email, phone: '+351912345678', teamId: team, password: PASSWORD };
  });
  if (!agent) return null;
  const values = { status: 'active', team, hidePhone: false };
  const subject = new Subject(administration, stage, 'agent', agent.id, values, agent.version);
  return { email, password: PASSWORD, subject };
}

interface Created {
  id: string;
  version: number;
}

/** Each try makes another one, for nobody knows what became of the one before. Null: the run ended before. */
async function create<T>(
  stage: Stage,
  administration: Administration,
  path: string,
  body: () => object,
): Promise<T | null> {
  const deadline = now() + MADE_WITHIN_MS;
  while (!stage.isOver) {
    const answer = await administration.ask({ method: 'POST', path, body: body() });
    if (answer.status === 201) return json<T>(answer);
    const mayChange = [0, 429, 502, 503].includes(answer.status) && now() < deadline;
    if (!mayChange) throw new Error(`The world could not be made: ${path} answered ${answer.text}`);
    await stage.pause(AGAIN_MS);
  }
  return null;
}

function surely<T>(made: T | null): T {
  if (made === null) throw new Error('The run ended before its world was made.');
  return made;
}

async function login(stage: Stage): Promise<Administration> {
  const http = new HttpClient();
  try {
    for (const deadline = now() + MADE_WITHIN_MS; ;) {
      const answer = await http.ask(stage.anyNode().url, { method: 'POST', path: '/auth/login', body: ADMIN });
      if (answer.status === 200) return new Administration(stage, json<LoginAnswer>(answer).accessToken);
      if (now() > deadline || (answer.status > 0 && answer.status < 500)) throw new Error(`No login: ${answer.text}`);
      await stage.pause(AGAIN_MS);
    }
  } finally {
    http.close();
  }
}

/** The administrator's rights stay as they are, for the keys that are made with them. */
async function introduceAdmin(stage: Stage, administration: Administration): Promise<string> {
  const answer = surely(await administration.insist({ path: '/me' }));
  const me = json<{ agent: { id: string }; team: { id: string } }>(answer);
  stage.found(`agent:${me.agent.id}:status`, 'active');
  stage.found(`agent:${me.agent.id}:hidePhone`, false);
  stage.found(`agent:${me.agent.id}:team`, me.team.id);
  stage.found(`team:${me.team.id}:status`, 'active');
  stage.found(`team:${me.team.id}:permissions`, [...PERMISSIONS]);
  return me.agent.id;
}
