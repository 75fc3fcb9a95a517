/**
 * An agent's programs: one on each node that asks and keeps sockets, all with the one session of the agent. What is
 * refused is asked again: the checker wants to see refusals.
 */
import { lurk } from './lurk.js';
import { HttpClient, codeOf } from './http.js';
import type { ClusterNode } from './cluster.js';
import type { Random } from './random.js';
import { type Call, Session } from './session.js';
import { type Namespace, SocketClient } from './socket-client.js';
import type { Stage } from './stage.js';
import { type Member, PASSWORD, tokenOf, type World } from './world.js';

const CALLS: Record<Call, number> = {
  me: 3,
  conversation: 5,
  conversations: 1,
  agents: 1,
  presence: 1,
  report: 1,
};
const LOGIN_AGAIN_MS = 700;

export class AgentActor {
  private session: Session | null = null;
  private logins = 0;
  private readonly everybody: string;

  constructor(
    private readonly stage: Stage,
    private readonly world: World,
    readonly member: Member,
    private readonly random: Random,
  ) {
    const agentId = member.subject.id;
    this.everybody = stage.introduce({
      id: `login of ${member.email}`,
      agentId,
      credentialId: `login-${agentId}`,
      kind: 'session',
      since: Infinity,
    }).id;
    stage.found(`credential:login-${agentId}:alive`, true);
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
      if (!this.session || this.session.isGone) await this.login();
      else if (this.random.chance(0.05)) await this.logout(this.session);
      await this.stage.pause(LOGIN_AGAIN_MS);
    }
  }

  private async login(): Promise<void> {
    const { member, stage } = this;
    const node = stage.anyNode(this.random);
    const operation = stage.begin(this.everybody, 'login', node.index, null);
    const http = new HttpClient();
    const body = { email: member.email, password: PASSWORD };
    const answer = await http.ask(node.url, { method: 'POST', path: '/auth/login', body });
    http.close();
    operation.return = answer.return;
    operation.ok = answer.status === 200;
    if (!stage.isOver || operation.ok) operation.code = codeOf(answer);
    if (operation.ok) this.begin(tokenOf(answer), answer.invoke);
  }

  private begin(token: string, since: number): void {
    const credentialId = `${this.member.email} ${++this.logins}`;
    const agentId = this.member.subject.id;
    this.stage.found(`credential:${credentialId}:alive`, true, since);
    const principal = this.stage.introduce({ id: credentialId, agentId, credentialId, kind: 'session', since });
    this.session?.close();
    this.session = new Session(this.stage, principal, token);
  }

  /** By another connection, so that its answer is not taken for one that the session may no longer get. */
  private async logout(session: Session): Promise<void> {
    this.burst();
    await this.stage.pause(this.random.between(0, 45));
    const node = this.stage.anyNode(this.random);
    const register = `credential:${session.principal.credentialId}:alive` as const;
    await this.world.administration.write(register, false, true, async () => {
      const http = new HttpClient();
      const answer = await http.ask(node.url, { method: 'POST', path: '/auth/logout', token: session.token });
      http.close();
      return { ...answer, node: node.index };
    });
    await this.stage.pause(300);
    session.isGone = true;
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
      if (socket) await this.use(socket, namespace);
      else await this.stage.pause(this.random.between(100, 500));
    }
  }

  /** Some say nothing: only what the node does by itself can end those. */
  private async use(socket: SocketClient, namespace: Namespace): Promise<void> {
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
