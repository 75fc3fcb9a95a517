/** Administrators who change agents, teams and keys, each subject by one hand. */
import type { Permission } from '#contracts';
import type { AgentActor } from './agent-actor.js';
import { changeTogether } from './bulk.js';
import type { ClusterNode } from './cluster.js';
import { now } from './history.js';
import { json } from './http.js';
import { lurk } from './lurk.js';
import type { Random } from './random.js';
import { Session } from './session.js';
import { SocketClient } from './socket-client.js';
import type { Stage } from './stage.js';
import type { Subject } from './subject.js';
import { createMember, TOGGLED, type World } from './world.js';

const AWAY_MS = 3_000;
/** New processes are slow at first, and everybody logs in. */
const WARM_UP_MS = 1_000;

/** Changes some of the agents. */
export class AgentsAdministrator {
  private aimed: AgentActor | null = null;

  constructor(
    private readonly stage: Stage,
    private readonly world: World,
    readonly actors: AgentActor[],
    private readonly random: Random,
  ) {}

  /** This one is deactivated next. */
  aim(actor: AgentActor): void {
    this.aimed = actor;
  }

  async run(): Promise<void> {
    await this.stage.pause(WARM_UP_MS);
    while (!this.stage.isOver) {
      const { aimed } = this;
      this.aimed = null;
      const actor = aimed ?? this.random.pick(this.actors);
      if (aimed && isActive(aimed.member.subject)) await aimed.member.subject.write('status', 'inactive', true);
      else await this.change(actor, actor.member.subject);
      for (let left = this.random.between(100, 700); left > 0 && !this.aimed; left -= 20) await this.stage.pause(20);
    }
  }

  private async change(actor: AgentActor, subject: Subject): Promise<void> {
    if (!isActive(subject)) return this.activate(subject);
    if (this.random.chance(0.7)) await this.surround(actor);
    const what = this.random.weighted({ status: 4, team: 2, hidePhone: 3, bulk: 2, removal: 1 });
    if (what === 'status') return subject.write('status', 'inactive', true);
    if (what === 'bulk') return this.changeMany();
    if (what === 'removal') return this.replace(actor);
    if (what === 'hidePhone') {
      const hides = subject.values['hidePhone'] !== true;
      return subject.write('hidePhone', hides, hides && this.mayAct(subject));
    }
    const others = this.world.teams.filter(({ id }) => id !== subject.values['team']);
    return subject.write('team', this.random.pick(others).id, this.mayAct(subject));
  }

  /** One change of everybody who is active. */
  private changeMany(): Promise<void> {
    const subjects = this.actors.map(({ member }) => member.subject).filter(isActive);
    const { administration, teams } = this.world;
    const what = this.random.weighted({ status: 1, team: 1, hidePhone: 1 });
    const change = (value: string | boolean, reduces: (subject: Subject) => boolean) =>
      changeTogether(this.stage, administration, subjects, what, value, reduces);
    if (what === 'status') return change('inactive', () => true);
    if (what === 'hidePhone') return change(true, (each) => !each.values['hidePhone'] && this.mayAct(each));
    const team = this.random.pick(teams).id;
    return change(team, (each) => each.values['team'] !== team && this.mayAct(each));
  }

  /** Somebody goes for good, and somebody else comes. */
  private async replace(actor: AgentActor): Promise<void> {
    const { administration, teams, members } = this.world;
    if (!(await actor.member.subject.remove())) return;
    const successor = await createMember(this.stage, administration, 'Successor', this.random.pick(teams).id);
    if (!successor) return;
    members[members.indexOf(actor.member)] = successor;
    actor.become(successor);
  }

  /** Most stay away for long enough to see who is served nevertheless. */
  private async activate(subject: Subject): Promise<void> {
    const rest = this.random.chance(0.6) ? AWAY_MS : 0;
    if (now() - subject.writtenAt >= rest) await subject.write('status', 'active', false);
  }

  /** Work of the agent is on its way on every node when the change comes. */
  private async surround(actor: AgentActor): Promise<void> {
    actor.burst();
    await this.stage.pause(this.random.between(0, 45));
  }

  /** Whether the agent has any rights that could be taken away. */
  private mayAct(subject: Subject): boolean {
    return this.world.teams.some((team) => team.id === subject.values['team'] && isActive(team));
  }
}

/** Changes the teams. */
export async function administerTeams(
  stage: Stage,
  { teams }: World,
  actors: readonly AgentActor[],
  random: Random,
): Promise<void> {
  await stage.pause(WARM_UP_MS);
  while (!stage.isOver) {
    await stage.pause(random.between(300, 1_200));
    const team = random.pick(teams);
    if (random.chance(0.5))
      for (const actor of actors) if (isIn(actor, team)) actor.burst(random.pick(stage.cluster.nodes));
    if (!isActive(team)) await team.write('status', 'active', false);
    else if (random.chance(0.12)) await team.write('status', 'inactive', true);
    else await toggle(team, random.pick(TOGGLED));
  }
}

async function toggle(team: Subject, permission: Permission): Promise<void> {
  const before = team.values['permissions'] as string[];
  const takes = before.includes(permission);
  const after = takes ? before.filter((each) => each !== permission) : [...before, permission];
  await team.write('permissions', after, takes);
}

/** Makes keys, uses them and deletes them. */
export async function administerKeys(stage: Stage, world: World, random: Random): Promise<void> {
  for (let made = 1; !stage.isOver; made++) {
    const permissions: Permission[] = ['inbox.read', 'dashboard.view'];
    const ask = { method: 'POST', path: '/api-keys', body: { name: `Key ${made}`, permissions } } as const;
    const answer = await world.administration.insist(ask);
    if (!answer) return;
    const { id, key } = json<{ id: string; key: string }>(answer);
    const since = answer.invoke;
    stage.found(`credential:${id}:alive`, true, since);
    const principal = { id: `key ${made}`, agentId: world.adminId, credentialId: id, kind: 'api_key', since } as const;
    const session = new Session(stage, stage.introduce({ ...principal, permissions }), key);
    const uses = stage.cluster.nodes.map((node) => useKey(stage, session, node, world, random));
    await stage.pause(random.between(600, 1_800));
    await connectAround(stage, session, random);
    await deleteKey(stage, world, id);
    await stage.pause(random.between(300, 1_500));
    session.isGone = true;
    await Promise.all(uses);
    session.close();
  }
}

/** Sockets that are being let in on every node when something happens. */
async function connectAround(stage: Stage, session: Session, random: Random): Promise<void> {
  for (const node of stage.cluster.nodes)
    for (let count = 0; count < 3; count++) void lurk(stage, session, node, random);
  await stage.pause(random.between(0, 60));
}

async function useKey(
  stage: Stage,
  session: Session,
  node: ClusterNode,
  { conversations }: World,
  random: Random,
): Promise<void> {
  const socket = await SocketClient.connect(stage, session, node, '/dashboard');
  while (!stage.isOver && !session.isGone) {
    await session.call('conversation', node, random.pick(conversations));
    await stage.pause(random.between(20, 120));
  }
  await socket?.stay(0);
}

async function deleteKey(stage: Stage, { administration }: World, id: string): Promise<void> {
  for (let isFirst = true; !stage.isOver; isFirst = false) {
    const ask = () => administration.ask({ method: 'DELETE', path: `/api-keys/${id}` });
    const { isDone, status } = await administration.write(`credential:${id}:alive`, false, isFirst, ask);
    if (isDone || status === 404) return;
    await stage.pause(200);
  }
}

function isActive(subject: Subject): boolean {
  return subject.values['status'] === 'active';
}

function isIn(actor: AgentActor, team: Subject): boolean {
  return actor.member.subject.values['team'] === team.id;
}
