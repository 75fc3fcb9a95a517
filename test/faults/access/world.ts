/** The workspace of a run: teams, agents and conversations, made before anybody acts. */
import { type Permission, PERMISSIONS } from '#contracts';
import { Administration, Subject } from './administration.js';
import { ADMIN, NEEDLE } from './cluster.js';
import { type Answer, HttpClient, json } from './http.js';
import type { Stage } from './stage.js';

export const PASSWORD = 'a-password-for-faults';

/** What blueprint edits take away and give. */
export const TOGGLED: readonly Permission[] = ['inbox.read', 'dashboard.view', 'agents.read', 'interactions.write'];
/** What each team has alone and keeps, so that every move takes something away. */
const OWN: readonly Permission[] = ['tasks.read', 'tags.manage', 'media.read'];

export interface Member {
  subject: Subject;
  email: string;
}

export interface World {
  administration: Administration;
  adminId: string;
  teams: Subject[];
  members: Member[];
  conversations: string[];
}

export async function createWorld(stage: Stage, agents: number): Promise<World> {
  const administration = await login(stage);
  const create = async <T>(path: string, body: object): Promise<T> => {
    const answer = await administration.ask({ method: 'POST', path, body });
    if (answer.status !== 201) throw new Error(`The world could not be made: ${path} answered ${answer.text}`);
    return json<T>(answer);
  };
  const teams: Subject[] = [];
  for (const [index, own] of OWN.entries()) {
    const permissions = [...TOGGLED, own];
    const { id, version } = await create<Created>('/teams', { name: `Team ${index}`, permissions, capacity: 100 });
    teams.push(new Subject(administration, stage, 'team', id, { status: 'active', permissions }, version));
  }
  const members: Member[] = [];
  for (let index = 0; index < agents; index++) {
    const email = `agent-${index}@example.com`;
    const team = teams[index % teams.length]?.id ?? '';
    const body = { name: `Agent ${index}`, email, phone: '+351912345678', teamId: team, password: PASSWORD };
    const { id, version } = await create<Created>('/agents', body);
    const values = { status: 'active', team, hidePhone: false };
    members.push({ email, subject: new Subject(administration, stage, 'agent', id, values, version) });
  }
  const conversations: string[] = [];
  for (let index = 0; index < 12; index++) {
    const phone = `+${NEEDLE}76${String(54_321 + index)}`;
    const { id } = await create<Created>('/conversations', { contact: { name: `Customer ${index}`, phone } });
    conversations.push(id);
  }
  const adminId = await introduceAdmin(stage, administration);
  return { administration, adminId, teams, members, conversations };
}

interface Created {
  id: string;
  version: number;
}

async function login(stage: Stage): Promise<Administration> {
  const http = new HttpClient();
  const answer = await http.ask(stage.anyNode().url, { method: 'POST', path: '/auth/login', body: ADMIN });
  http.close();
  return new Administration(stage, tokenOf(answer));
}

export function tokenOf(answer: Answer): string {
  if (answer.status !== 200) throw new Error(`A login was refused: ${answer.text}`);
  return json<{ accessToken: string }>(answer).accessToken;
}

/** The administrator's rights stay as they are, for the keys that are made with them. */
async function introduceAdmin(stage: Stage, administration: Administration): Promise<string> {
  const me = json<{ agent: { id: string }; team: { id: string } }>(await administration.ask({ path: '/me' }));
  stage.found(`agent:${me.agent.id}:status`, 'active');
  stage.found(`agent:${me.agent.id}:hidePhone`, false);
  stage.found(`agent:${me.agent.id}:team`, me.team.id);
  stage.found(`team:${me.team.id}:status`, 'active');
  stage.found(`team:${me.team.id}:permissions`, [...PERMISSIONS]);
  return me.agent.id;
}
