/** Administrators' hands: every write of rights goes through here, and into the history. */
import { type Answer, type Ask, codeOf, HttpClient, json } from './http.js';
import { now, type Receipt, type RegisterName, type Value } from './history.js';
import type { Stage } from './stage.js';

/** How a write is asked for, and what it came to. */
type Asking = () => Promise<Answered>;
type Answered = Answer & { node: number };
type Written = Answered & { isDone: boolean };

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

  /**
   * Asks for a write of a register. It is in the history from before it is sent: whoever looks meanwhile has to know
   * that it may happen. True: it is done; what was refused did not happen.
   */
  async write(register: RegisterName, value: Value, reduces: boolean, asking: Asking): Promise<Written> {
    const change = this.stage.changed({
      register,
      value,
      reduces,
      invoke: now(),
      return: Infinity,
      outcome: 'unknown',
    });
    const answer = await asking();
    const { status } = answer;
    if (REFUSED(status)) this.stage.unchanged(change);
    const isDone = status >= 200 && status < 300 && status !== 202;
    const { node, return: end } = answer;
    Object.assign(change, {
      status,
      node,
      return: end,
      outcome: isDone ? 'done' : 'unknown',
      receipt: receiptOf(answer),
    });
    return { ...answer, isDone };
  }

  close(): void {
    this.http.close();
  }
}

/** An agent or a team, written by one hand, one write after the other. */
export class Subject {
  /** When it was written last. */
  writtenAt = now();
  private isCertain = true;

  constructor(
    private readonly administration: Administration,
    private readonly stage: Stage,
    readonly kind: 'agent' | 'team',
    readonly id: string,
    /** As they are believed to be. */
    readonly values: Record<string, Value>,
    private version: number,
  ) {
    for (const [name, value] of Object.entries(values)) stage.found(this.register(name), value);
  }

  get path(): string {
    return `/${this.kind}s/${this.id}`;
  }

  /** Changes one register. After an unknown outcome it does not return before the truth is known again. */
  async write(name: string, value: Value, reduces: boolean): Promise<void> {
    const ask: Ask = { method: 'PATCH', path: this.path, body: { [fieldOf(name)]: value }, ifMatch: this.version };
    const answer = await this.ask(name, value, reduces && this.isCertain, ask);
    this.writtenAt = now();
    if (answer.isDone) {
      this.values[name] = value;
      this.version = json<{ version: number }>(answer).version;
      this.isCertain = true;
    } else if (codeOf(answer) !== '412') {
      this.isCertain = false;
      await this.settle(name);
    }
  }

  /**
   * Reads what is, and writes it again on the condition that it still is: from then on nothing that was sent before
   * can happen any more. The write changes a text beside, so that the version moves.
   */
  private async settle(name: string): Promise<void> {
    while (!this.stage.isOver) {
      const read = await this.administration.insist({ path: this.path });
      if (!read) return;
      const view = json<Record<string, unknown> & { version: number }>(read);
      const value = valueOf(name, view);
      const beside = { [this.kind === 'agent' ? 'notes' : 'description']: `settled ${read.return}` };
      const body = { [fieldOf(name)]: value, ...beside };
      const ask: Ask = { method: 'PATCH', path: this.path, body, ifMatch: view.version };
      const answer = await this.ask(name, value, false, ask);
      if (answer.isDone) {
        this.values[name] = value;
        this.version = json<{ version: number }>(answer).version;
        return;
      }
      await this.stage.pause(AGAIN_MS);
    }
  }

  private ask(name: string, value: Value, reduces: boolean, ask: Ask): Promise<Written> {
    return this.administration.write(this.register(name), value, reduces, () => this.administration.ask(ask));
  }

  private register(name: string): RegisterName {
    return `${this.kind}:${this.id}:${name}`;
  }
}

function fieldOf(name: string): string {
  return name === 'team' ? 'teamId' : name;
}

function valueOf(name: string, view: Record<string, unknown>): Value {
  return name === 'team' ? (view['team'] as { id: string }).id : (view[name] as Value);
}

function receiptOf({ status, text }: Answer): Partial<Receipt> | null {
  if (status < 200 || status >= 300 || text === '') return null;
  return (JSON.parse(text) as { receipt?: Partial<Receipt> }).receipt ?? null;
}
