/** Administrators' hands: every write of rights goes through here, and into the history. */
import { type Answer, type Ask, codeOf, HttpClient, json } from './http.js';
import type { Change, Receipt, RegisterName, Value } from './history.js';
import type { Stage } from './stage.js';

const REFUSED = (status: number) => status >= 400 && status < 500 && status !== 429;
const AGAIN_MS = 250;

export class Administration {
  private readonly http = new HttpClient();

  constructor(
    private readonly stage: Stage,
    readonly token: string,
  ) {}

  /** Asks a node, any unless said. */
  async ask(ask: Ask, node = this.stage.anyNode()): Promise<Answer & { node: number }> {
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

  /** Writes down what a write of a register answered. True: it is done. */
  record(register: RegisterName, value: Value, answer: Answer & { node: number }, reduces: boolean): boolean {
    const { invoke, status, node } = answer;
    if (REFUSED(status)) return false;
    const isDone = status >= 200 && status < 300 && status !== 202;
    const change: Change = {
      register,
      value,
      invoke,
      return: answer.return,
      outcome: isDone ? 'done' : 'unknown',
      reduces,
      receipt: receiptOf(answer),
      status,
      node,
    };
    this.stage.changed(change);
    return isDone;
  }

  close(): void {
    this.http.close();
  }
}

/** An agent or a team, written by one hand, one write after the other. */
export class Subject {
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
    const answer = await this.administration.ask(ask);
    const isDone = this.administration.record(this.register(name), value, answer, reduces && this.isCertain);
    if (isDone) {
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
      const answer = await this.administration.ask(ask);
      if (answer.status === 200 && this.administration.record(this.register(name), value, answer, false)) {
        this.values[name] = value;
        this.version = json<{ version: number }>(answer).version;
        return;
      }
      await this.stage.pause(AGAIN_MS);
    }
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
