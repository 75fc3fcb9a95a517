import pg from 'pg';
import { MusterApi } from '#client';
import type { InteractionInput } from '#contracts';
import { PhoneVault } from '../../src/privacy/phone-vault.js';
import { testConfig } from '../support/config.js';
import { createDatabase } from '../support/database.js';
import { freePort } from '../support/free-port.js';
import { kill, nodeEnvironment, type NodeProcess, startProcess, stop } from '../support/node-process.js';
import { ADMIN } from '../support/nodes.js';
import { createAgent, createTeam } from '../support/people.js';

const CLIENTS = 4;
const INTERACTIONS = 10_000;
const BATCH = 100;

describe('kill -9 in the middle of an ingest', () => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let node: NodeProcess;
  const vault = new PhoneVault(testConfig());

  beforeAll(async () => {
    database = await createDatabase();
    node = await startProcess(await freePort(), nodeEnvironment(database.url));
  });

  afterAll(async () => {
    await stop(node);
    await database.drop();
  });

  it('loses nothing that was acknowledged and counts nothing twice', async () => {
    const admin = await login(node.url);
    const me = await admin.me();
    const agent = await createAgent(admin, await createTeam(admin, ['inbox.reply']));
    const conversation = await admin.conversations.create({ contact: { phone: '+5511987654321' } });
    const { key } = await admin.apiKeys.create({ name: 'Ingest', permissions: ['interactions.write'] });
    const now = Date.now();
    const all = Array.from({ length: INTERACTIONS }, (_, index): InteractionInput => ({
      id: `crash-${index}`,
      conversationId: conversation.id,
      agentId: agent.id,
      direction: index % 3 ? 'inbound' : 'outbound',
      at: new Date(now - (index % 50) * 1_000).toISOString(),
    }));
    const batches = chunk(withRepeats(all), BATCH);
    const acknowledged = new Set<string>();
    let killed: Promise<void> | null = null;

    const port = Number(new URL(node.url).port);
    const send = async (batch: InteractionInput[]): Promise<void> => {
      const answer = await new MusterApi({ url: node.url, token: key, retries: 0 }).interactions
        .report(batch)
        .catch(() => null);
      if (!answer) return resend(batch);
      expect(answer.rejected).toEqual([]);
      for (const { id } of batch) acknowledged.add(id);
      if (!killed && acknowledged.size > INTERACTIONS / 3) killed = restart();
    };
    const resend = async (batch: InteractionInput[]): Promise<void> => {
      killed ??= restart();
      await killed;
      await send(batch);
    };
    const restart = async (): Promise<void> => {
      await kill(node);
      const found = await storedKeys();
      const { workspace } = me;
      const keyOf = (id: string) => vault.interactionKey(workspace.id, id);
      const missing = [...acknowledged].filter((id) => !found.has(keyOf(id)));
      expect(missing).toEqual([]);
      node = await startProcess(port, nodeEnvironment(database.url));
    };

    const queue = [...batches];
    const client = async () => {
      for (let batch = queue.pop(); batch; batch = queue.pop()) await send(batch);
    };
    await Promise.all(Array.from({ length: CLIENTS }, client));

    expect(killed).not.toBeNull();
    expect((await storedKeys()).size).toBe(INTERACTIONS);
    const view = await (await login(node.url)).agents.get(agent.id);
    expect(view.density.h1).toBe(INTERACTIONS);
    expect(view.density.inbound.h1).toBe(all.filter(({ direction }) => direction === 'inbound').length);
  });

  async function login(url: string): Promise<MusterApi> {
    const api = new MusterApi({ url });
    await api.auth.login(ADMIN);
    return api;
  }

  /** The keys of what is stored; fails when one is stored twice. */
  async function storedKeys(): Promise<Set<string>> {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    const { rows } = await client.query<{ id: string }>('select id from interaction');
    await client.end();
    const keys = new Set(rows.map((row) => row.id));
    expect(keys.size).toBe(rows.length);
    return keys;
  }
});

/** Every fifth once more, and all in no order. */
function withRepeats<T>(items: T[]): T[] {
  const all = [...items, ...items.filter((_, index) => index % 5 === 0)];
  return all
    .map((item) => ({ item, key: Math.random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}

function chunk<T>(items: T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
