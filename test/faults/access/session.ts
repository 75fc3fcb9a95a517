/** One credential of an agent, and everything it asks for. */
import type { Permission } from '#contracts';
import { type Ask, codeOf, HttpClient } from './http.js';
import { NEEDLE } from './cluster.js';
import type { ClusterNode } from './cluster.js';
import type { Principal } from './history.js';
import type { Stage } from './stage.js';

/** What can be asked, by name: what it needs, and how. */
const CALLS = {
  me: { needs: null, ask: () => ({ path: '/me' }) },
  conversation: { needs: 'inbox.read', ask: ({ conversation }) => ({ path: `/conversations/${conversation}` }) },
  conversations: { needs: 'inbox.read', ask: () => ({ path: '/conversations?limit=5' }) },
  agents: { needs: 'agents.read', ask: () => ({ path: '/agents?limit=5' }) },
  presence: {
    needs: null,
    ask: ({ agentId }) => ({
      method: 'PUT',
      path: `/agents/${agentId}/presence`,
      body: { availability: 'available' },
    }),
  },
  report: {
    needs: 'interactions.write',
    ask: ({ conversation, agentId }) => ({
      method: 'POST',
      path: '/interactions',
      body: { interactions: [interaction(conversation, agentId)] },
    }),
  },
} satisfies Record<string, { needs: Permission | null; ask: (about: About) => Ask }>;

export type Call = keyof typeof CALLS;

interface About {
  agentId: string;
  conversation: string;
}

/** Codes with which a credential is gone for good. */
const GONE = new Set(['session_revoked', 'token_expired', 'token_invalid', 'unauthenticated']);

export class Session {
  private readonly http = new HttpClient();
  /** Whether another login is needed. */
  isGone = false;
  private isClosed = false;

  constructor(
    private readonly stage: Stage,
    readonly principal: Principal,
    readonly token: string,
    /** Of a login: for the next pair of tokens. */
    readonly refreshToken = '',
  ) {}

  /** The id of a login's session. */
  get id(): string {
    const claims = JSON.parse(Buffer.from(this.token.split('.')[1] ?? '', 'base64url').toString()) as { sid: string };
    return claims.sid;
  }

  /** Asks, writes it down, and tells the code. */
  async call(call: Call, node: ClusterNode, conversation: string): Promise<string> {
    const { needs, ask } = CALLS[call];
    const operation = this.stage.begin(this.principal.id, call, node.index, needs);
    const about = { agentId: this.principal.agentId, conversation };
    const answer = await this.http.ask(
      node.url,
      { ...ask(about), token: this.token },
      (port) => (operation.port = port),
    );
    operation.return = answer.return;
    operation.ok = answer.status >= 200 && answer.status < 300;
    operation.raw = answer.text.includes(NEEDLE);
    const isCutOff = answer.status === 0 && (this.isClosed || this.stage.isOver);
    if (!isCutOff) operation.code = codeOf(answer);
    if (GONE.has(operation.code)) this.isGone = true;
    return operation.code;
  }

  /** Several reads that take a while, so that they are on their way when something happens. */
  burst(node: ClusterNode, conversations: readonly string[]): void {
    for (const conversation of conversations) void this.call('conversation', node, conversation);
  }

  /** Ends what is still on its way. */
  close(): void {
    this.isClosed = true;
    this.http.close();
  }
}

let reported = 0;

function interaction(conversationId: string, agentId: string) {
  const id = `faults-${process.pid}-${++reported}`;
  return { id, conversationId, agentId, direction: 'inbound', at: new Date().toISOString() };
}
