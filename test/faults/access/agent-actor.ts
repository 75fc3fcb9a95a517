/**
 * An agent's programs: one on each node that asks and keeps sockets, all with the one session of the agent. What is
 * refused is asked again: the checker wants to see refusals.
 */
import type { LoginAnswer } from '#contracts';
import type { ClusterNode } from './cluster.js';
import { codeOf, json } from './http.js';
import { lurk } from './lurk.js';
import { changePassword } from './password-change.js';
import type { Random } from './random.js';
import { type Call, Session } from './session.js';
import { askAside, type Ending, SessionEndings } from './session-endings.js';
import { type Namespace, SocketClient } from './socket-client.js';
import type { Stage } from './stage.js';
import type { Member, World } from './world.js';

const CALLS: Record<Call, number> = {
  me: 3,
  conversation: 5,
  conversations: 1,
  agents: 1,
  presence: 1,
  report: 1,
};
const ENDINGS: Record<Ending | 'password', number> = { logout: 2, deletion: 2, reuse: 2, password: 2 };
const LOGIN_AGAIN_MS = 700;
/** Long enough to see who is served nevertheless. */
const LOOK_MS = 300;

export class AgentActor {
  private session: Session | null = null;
  private logins = 0;
  private readonly endings: SessionEndings;

  constructor(
    private readonly stage: Stage,
    private readonly world: World,
    private acting: Member,
    private readonly random: Random,
  ) {
    this.endings = new SessionEndings(stage, world.administration);
    this.introduce();
  }

  /** As whom it acts. */
  get member(): Member {
    return this.acting;
  }

  /** Acts as another agent from now on. */
  become(member: Member): void {
    this.acting = member;
    this.introduce();
    if (this.session) this.session.isGone = true;
  }

  /** Logins have no session yet. */
  private introduce(): void {
    const agentId = this.member.subject.id;
    const credentialId = `login-${agentId}`;
    this.stage.introduce({ id: credentialId, agentId, credentialId, kind: 'session', since: Infinity });
    this.stage.found(`credential:${credentialId}:alive`, true);
  }

  /** Acts until the end. */
  async run(): Promise<void> {
    const { nodes } = this.stage.cluster;
    const perNode = nodes.flatMap((node) => [this.ask(node), this.keepSockets(node)]);
    await Promise.all([this.keepSession(), ...perNode]);
    this.session?.close();
  }

  /** Reads on their way and sockets that connect, on one node or all, around now. */
  burst(only?: ClusterNode): void {
    const { session } = this;
    if (!session || session.isGone) return;
    for (const node of only ? [only] : this.stage.cluster.nodes) {
      session.burst(node, this.world.conversations.slice(0, only ? 5 : 2));
      for (let count = 0; count < 2; count++) void lurk(this.stage, session, node, this.random);
    }
  }

  private async keepSession(): Promise<void> {
    while (!this.stage.isOver) {
      if (!this.session || this.session.isGone) this.use(await this.login());
      else if (this.random.chance(0.08)) await this.endSession(this.session);
      await this.stage.pause(LOGIN_AGAIN_MS);
    }
  }

  private use(session: Session | null): void {
    if (!session) return;
    this.session?.close();
    this.session = session;
  }

  private async login(): Promise<Session | null> {
    const { member, stage } = this;
    const node = stage.anyNode(this.random);
    const operation = stage.begin(`login-${member.subject.id}`, 'login', node.index, null);
    const { email, password } = member;
    const answer = await askAside(node, { method: 'POST', path: '/auth/login', body: { email, password } });
    operation.return = answer.return;
    operation.ok = answer.status === 200;
    if (!stage.isOver || operation.ok) operation.code = codeOf(answer);
    return operation.ok ? this.begin(member, json<LoginAnswer>(answer), answer.invoke) : null;
  }

  private begin({ email, subject }: Member, { accessToken, refreshToken }: LoginAnswer, since: number): Session {
    const credentialId = `${email} ${++this.logins}`;
    this.stage.found(`credential:${credentialId}:alive`, true, since);
    const principal = { id: credentialId, agentId: subject.id, credentialId, kind: 'session', since } as const;
    return new Session(this.stage, this.stage.introduce(principal), accessToken, refreshToken);
  }

  private async endSession(session: Session): Promise<void> {
    const ending = this.random.weighted(ENDINGS);
    if (ending === 'password') return this.changePassword(session);
    const asking = await this.endings.prepare(session, ending);
    if (!asking) return;
    await this.surround();
    await this.endings.end(session, asking);
    await this.stage.pause(LOOK_MS);
    session.isGone = true;
  }

  /** By another session of the agent, which goes on. */
  private async changePassword(session: Session): Promise<void> {
    const { member } = this;
    const successor = await this.login();
    if (!successor) return;
    await this.surround();
    const outcome = await changePassword(this.stage, this.world.administration, member, [session, successor]);
    await this.stage.pause(LOOK_MS);
    if (outcome === 'refused') return successor.close();
    session.isGone = true;
    if (outcome === 'done' && member === this.member) this.use(successor);
  }

  /** Work is on its way on every node when the session ends. */
  private async surround(): Promise<void> {
    this.burst();
    await this.stage.pause(this.random.between(0, 45));
  }

  private async ask(node: ClusterNode): Promise<void> {
    while (!this.stage.isOver) {
      const { session } = this;
      const code = session ? await session.call(this.chooseCall(), node, this.anyConversation()) : 'none';
      const isRefused = !code.startsWith('2');
      await this.stage.pause(isRefused ? this.random.between(100, 400) : this.random.between(60, 300));
    }
  }

  private async keepSockets(node: ClusterNode): Promise<void> {
    while (!this.stage.isOver) {
      const { session } = this;
      const namespace = this.random.pick<Namespace>(['/dashboard', '/inbox']);
      const socket = session && (await SocketClient.connect(this.stage, session, node, namespace));
      if (socket) await this.live(socket, namespace);
      else await this.stage.pause(this.random.between(100, 500));
    }
  }

  /** Some say nothing: only what the node does by itself can end those. */
  private async live(socket: SocketClient, namespace: Namespace): Promise<void> {
    const isLong = this.random.chance(0.2);
    const isSilent = this.random.chance(0.4);
    if (!isSilent) {
      if (namespace === '/inbox') await socket.setPresence();
      await socket.subscribe();
    }
    await socket.stay(isLong ? this.random.between(8_000, 20_000) : this.random.between(300, 6_000));
  }

  private chooseCall(): Call {
    return this.random.weighted(CALLS);
  }

  private anyConversation(): string {
    return this.random.pick(this.world.conversations);
  }
}
