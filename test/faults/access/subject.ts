/** What administrators change: an agent or a team. */
import type { Administration, Write, Written } from './administration.js';
import { now, type RegisterName, type Value } from './history.js';
import { type Ask, codeOf, json } from './http.js';
import type { Stage } from './stage.js';

const AGAIN_MS = 250;

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
  async settle(name: string): Promise<void> {
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

  /** It was changed together with others, and is certain. */
  adopt(name: string, value: Value, version: number): void {
    this.values[name] = value;
    this.version = version;
    this.writtenAt = now();
  }

  /**
   * Deletes it, and whatever else that writes. Only one of all the requests can do so, for each names the version that
   * it deletes. False: the run ended before that was certain.
   */
  async remove(query = '', along: readonly Write[] = []): Promise<boolean> {
    const status = { register: this.register('status'), value: 'deleted' };
    for (let isFirst = true; !this.stage.isOver; isFirst = false) {
      const mayReduce = isFirst && this.isCertain;
      const writes = [{ ...status, reduces: this.kind === 'agent' }, ...along].map((write) => ({
        ...write,
        reduces: write.reduces && mayReduce,
      }));
      const ask: Ask = { method: 'DELETE', path: `${this.path}${query}`, ifMatch: this.version };
      const { isDone } = await this.administration.writeAll(writes, () => this.administration.ask(ask));
      if (isDone) return true;
      const read = await this.administration.ask({ path: this.path });
      if (read.status === 404) {
        for (const { register, value } of writes) this.stage.found(register, value, read.return);
        return true;
      }
      if (read.status === 200) this.version = json<{ version: number }>(read).version;
      await this.stage.pause(AGAIN_MS);
    }
    return false;
  }

  /** The name of one of its registers in the history. */
  register(name: string): RegisterName {
    return `${this.kind}:${this.id}:${name}`;
  }

  private ask(name: string, value: Value, reduces: boolean, ask: Ask): Promise<Written> {
    return this.administration.write(this.register(name), value, reduces, () => this.administration.ask(ask));
  }
}

/** As the fields of requests are called. */
export function fieldOf(name: string): string {
  return name === 'team' ? 'teamId' : name;
}

function valueOf(name: string, view: Record<string, unknown>): Value {
  return name === 'team' ? (view['team'] as { id: string }).id : (view[name] as Value);
}
