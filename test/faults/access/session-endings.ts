/**
 * The ways in which a session ends, but for a change of the password. Each goes out over a connection of its own, so that
 * its answer is not taken for one that the session may no longer get.
 */
import type { LoginAnswer, Page, Receipt } from '#contracts';
import type { Administration, Answered } from './administration.js';
import type { ClusterNode } from './cluster.js';
import type { RegisterName } from './history.js';
import { type Answer, type Ask, codeOf, HttpClient, json } from './http.js';
import type { Session } from './session.js';
import type { Stage } from './stage.js';

const AGAIN_MS = 250;

export type Ending = 'logout' | 'deletion' | 'reuse';

type Asking = () => Promise<Answered>;

export class SessionEndings {
  constructor(
    private readonly stage: Stage,
    private readonly administration: Administration,
  ) {}

  /** How it will be asked for; null: not now. */
  async prepare(session: Session, ending: Ending): Promise<Asking | null> {
    return this[ending](session);
  }

  async end(session: Session, asking: Asking): Promise<void> {
    await this.administration.write(registerOf(session), false, true, asking);
  }

  private logout({ token }: Session): Asking {
    return () => askAside(this.stage.anyNode(), { method: 'POST', path: '/auth/logout', token });
  }

  private deletion({ id }: Session): Asking {
    return () => this.administration.ask({ method: 'DELETE', path: `/sessions/${id}` });
  }

  /** The first refresh token again, after the second was used: nobody's answer was lost, so somebody else has it. */
  private async reuse(session: Session): Promise<Asking | null> {
    const second = await this.renew(session.refreshToken);
    const third = second && (await this.renew(second));
    return third ? () => this.showAgain(session) : null;
  }

  private async renew(refreshToken: string): Promise<string | null> {
    const answer = await askAside(this.stage.anyNode(), refreshing(refreshToken));
    return answer.status === 200 ? json<LoginAnswer>(answer).refreshToken : null;
  }

  /** The answer is a refusal, whatever became of the session; what it did is in the agent's receipts. */
  private async showAgain({ refreshToken, principal }: Session): Promise<Answered> {
    const since = Date.now();
    const answer = await askAside(this.stage.anyNode(), refreshing(refreshToken));
    if (codeOf(answer) !== 'refresh_reused') return answer;
    const read = await this.readReceipts(principal.agentId);
    const receipt = read && json<Page<Receipt>>(read).data.find((each) => isReuse(each, since));
    const isDone = read !== null && receipt?.enforcement !== 'pending';
    const verdict = { isDone, receipt: receipt ?? null, repliedAt: answer.return };
    return { ...answer, return: read?.return ?? answer.return, verdict };
  }

  /** Null: the agent is gone, or the run ended before. */
  private async readReceipts(agentId: string): Promise<Answer | null> {
    while (!this.stage.isOver) {
      const answer = await this.administration.ask({ path: `/agents/${agentId}/receipts?limit=20` });
      if (answer.status === 200) return answer;
      if (answer.status === 404) return null;
      await this.stage.pause(AGAIN_MS);
    }
    return null;
  }
}

function isReuse({ cause, at }: Receipt, since: number): boolean {
  return cause === 'refresh_reused' && Date.parse(at) >= since;
}

export function registerOf({ principal }: Session): RegisterName {
  return `credential:${principal.credentialId}:alive`;
}

export async function askAside(node: ClusterNode, ask: Ask): Promise<Answered> {
  const http = new HttpClient();
  const answer = await http.ask(node.url, ask);
  http.close();
  return { ...answer, node: node.index };
}

function refreshing(refreshToken: string): Ask {
  return { method: 'POST', path: '/auth/refresh', body: { refreshToken } };
}
