/** Administrators' hands: every write of rights goes through here, and into the history. */
import { type Answer, type Ask, HttpClient } from './http.js';
import { now, type Receipt, type RegisterName, type Value } from './history.js';
import type { Stage } from './stage.js';

/** A register that one request writes, and whether that certainly takes rights away. */
export interface Write {
  register: RegisterName;
  value: Value;
  reduces: boolean;
}

/** How writes are asked for, and what they came to. */
type Asking = () => Promise<Answered>;
export type Answered = Answer & {
  node: number;
  /** What its answer doesn't say, but was found out of it afterwards. */
  verdict?: { isDone: boolean; receipt: Partial<Receipt> | null; repliedAt: number };
};
export type Written = Answered & {
  isDone: boolean;
  /** It did not happen. */
  isRefused: boolean;
};

const REFUSED = (status: number) => status >= 400 && status < 500 && status !== 429;
const AGAIN_MS = 250;

export class Administration {
  private readonly http = new HttpClient();

  constructor(
    private readonly stage: Stage,
    readonly token: string,
  ) {}

  /** Asks a node, any unless said. */
  async ask(ask: Ask, node = this.stage.anyNode()): Promise<Answered> {
    const answer = await this.http.ask(node.url, { token: this.token, ...ask });
    return { ...answer, node: node.index };
  }

  /** Asks until some node answers 2xx; null: the run ended before. */
  async insist(ask: Ask): Promise<Answer | null> {
    while (!this.stage.isOver) {
      const answer = await this.ask(ask);
      if (answer.status >= 200 && answer.status < 300) return answer;
      await this.stage.pause(AGAIN_MS);
    }
    return null;
  }

  /** Asks for a write of one register. True: it is done; what was refused did not happen. */
  write(register: RegisterName, value: Value, reduces: boolean, asking: Asking): Promise<Written> {
    return this.writeAll([{ register, value, reduces }], asking);
  }

  /**
   * Asks for writes of registers by one request. They are in the history from before it is sent: whoever looks meanwhile
   * has to know that they may happen.
   */
  async writeAll(writes: readonly Write[], asking: Asking): Promise<Written> {
    const invoke = now();
    const changes = writes.map((write) =>
      this.stage.changed({ ...write, invoke, return: Infinity, outcome: 'unknown' }),
    );
    const answer = await asking();
    const { status, node, verdict, return: end } = answer;
    const isDone = verdict?.isDone ?? (status >= 200 && status < 300 && status !== 202);
    const isRefused = !verdict && REFUSED(status);
    for (const change of changes) {
      if (isRefused) this.stage.unchanged(change);
      const outcome = isDone ? 'done' : 'unknown';
      const receipt = verdict ? verdict.receipt : receiptOf(answer);
      Object.assign(change, { status, node, return: end, outcome, receipt, repliedAt: verdict?.repliedAt ?? end });
    }
    return { ...answer, isDone, isRefused };
  }

  close(): void {
    this.http.close();
  }
}

function receiptOf({ status, text }: Answer): Partial<Receipt> | null {
  if (status < 200 || status >= 300 || text === '') return null;
  return (JSON.parse(text) as { receipt?: Partial<Receipt> }).receipt ?? null;
}
