/**
 * Reports interactions to any node until one has taken them: late ones, ones dated a little ahead, shuffled, and some
 * again that were sent before. Nothing that was sent is ever given up: its outcome would be unknown.
 */
import type { InteractionInput } from '#contracts';
import type { Random } from '../access/random.js';
import { HttpClient, json } from '../access/http.js';
import { pause } from '../resync/office.js';
import type { Floor, FloorAgent } from './floor.js';

export interface Reported {
  agent: FloorAgent;
  at: number;
  /** When it was sent first, and from when on it has to show; by the clock that only runs forwards. */
  sentAt: number;
  takenAt: number;
}

const BATCH = 40;
const EVERY_MS = 80;
const RETRY_MS = 100;
/**
 * What a node was given when it died may be committed and not yet told of: sent again, it is a duplicate, and shows once
 * the death is noticed. Live views have this long to be right again.
 */
const REPAIRED_WITHIN_MS = 10_000;
const AGES_MS = [0, 0, 0, 0, 500, 4_000, 20_000, 70_000, 320_000, 1_000_000, 3_590_000, 3_700_000, 86_400_000, -3_000];

interface Item {
  input: InteractionInput;
  reported: Reported;
}

export class Reporter {
  readonly all: Reported[] = [];
  readonly latencies: number[] = [];
  /** Items that were refused or counted otherwise than they should. */
  readonly wrong: string[] = [];
  private readonly http = new HttpClient();
  private readonly taken: Item[] = [];
  private isOver = false;
  private made = 0;
  private readonly hands: Promise<void>[];

  constructor(
    private readonly floor: Floor,
    private readonly urls: readonly string[],
    private readonly random: Random,
    hands = 2,
  ) {
    this.hands = Array.from({ length: hands }, (_, hand) => this.run(random.fork(hand)));
  }

  /** Sends no more; resolves when all that was sent is taken. */
  async finish(): Promise<void> {
    this.isOver = true;
    await Promise.all(this.hands);
    this.http.close();
  }

  private async run(random: Random): Promise<void> {
    while (!this.isOver) {
      const again =
        this.taken.length > 0 && random.chance(0.5) ? Array.from({ length: 5 }, () => random.pick(this.taken)) : [];
      const fresh = Array.from({ length: BATCH }, () => this.make(random));
      await this.insist(shuffled([...fresh, ...again], random), random);
      this.taken.push(...fresh);
      await pause(EVERY_MS * random.between(0.5, 1.5));
    }
  }

  private make(random: Random): Item {
    const agent = random.pick(this.floor.agents);
    const at = Date.now() - random.pick(AGES_MS);
    const input: InteractionInput = {
      id: `${random.seed}-${this.random.seed}-${this.made++}`,
      conversationId: agent.conversationId,
      direction: random.chance(0.5) ? 'inbound' : 'outbound',
      at: new Date(at).toISOString(),
    };
    const reported = { agent, at, sentAt: performance.now(), takenAt: Infinity };
    this.all.push(reported);
    return { input, reported };
  }

  /** An answer that doesn't come may mean either: the same items are sent again, to another node. */
  private async insist(items: Item[], random: Random): Promise<void> {
    const interactions = items.map(({ input }) => input);
    for (let isFirst = true; ; isFirst = false) {
      const url = random.pick(this.urls);
      const answer = await this.http.ask(url, {
        method: 'POST',
        path: '/interactions',
        token: this.floor.key,
        body: { interactions },
      });
      if (answer.status === 202) {
        const { accepted, duplicates, rejected } = json<{ accepted: number; duplicates: number; rejected: unknown[] }>(
          answer,
        );
        if (accepted + duplicates !== items.length) this.wrong.push(JSON.stringify(rejected.slice(0, 3)));
        this.latencies.push(answer.return - answer.invoke);
        const shownFrom = performance.now() + (isFirst ? 0 : REPAIRED_WITHIN_MS);
        for (const { reported } of items) reported.takenAt = Math.min(reported.takenAt, shownFrom);
        return;
      }
      if (answer.status >= 400 && answer.status < 429)
        this.wrong.push(`${answer.status}: ${answer.text.slice(0, 200)}`);
      await pause(RETRY_MS);
    }
  }
}

function shuffled<T>(items: T[], random: Random): T[] {
  return items
    .map((item) => ({ item, place: random.next() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ item }) => item);
}
