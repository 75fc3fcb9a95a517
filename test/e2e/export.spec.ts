import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import pg from 'pg';
import type { MusterApi } from '#client';
import type { AgentView } from '#contracts';
import { startNodes, type TestInstallation } from '../support/nodes.js';
import { createAgent, createTeam, loginAs } from '../support/people.js';

describe('an export of agents', () => {
  let installation: TestInstallation;
  let admin: MusterApi;
  let pool: pg.Pool;

  beforeAll(async () => {
    installation = await startNodes(2);
    admin = await installation.admin();
    pool = new pg.Pool({ connectionString: installation.databaseUrl, max: 2 });
  });

  afterAll(async () => {
    await pool.end();
    await installation.stop();
  });

  async function request(path: string): Promise<Response> {
    const authorization = `Bearer ${await admin.credentials.bearer()}`;
    return fetch(`${installation.node.url}/api/v1${path}`, { headers: { authorization } });
  }

  const textOf = async (stream: ReadableStream<Uint8Array>) => {
    const parts: Uint8Array[] = [];
    for await (const part of stream as unknown as AsyncIterable<Uint8Array>) parts.push(part);
    return Buffer.concat(parts).toString('utf8');
  };

  it('imports as what it was, whatever the texts are', async () => {
    const own = await createTeam(admin, ['inbox.read'], { name: `=1+1 "${randomUUID()}"; x` });
    const piece = fc.oneof(
      fc.constantFrom('=', '+', '-', '@', "'", '\t', '\r\n', '"', ',', ';', '＝', ' ', 'é', '😀'),
      fc.string({ maxLength: 5, unit: 'grapheme' }),
    );
    const text = fc.array(piece, { minLength: 1, maxLength: 6 }).map((parts) => parts.join('').replaceAll('\0', ''));
    const name = text
      .map((value) => value.trim().slice(0, 90).toWellFormed().trim())
      .filter((value) => value.length > 0);
    const samples = fc.sample(
      fc.record({ name, notes: fc.option(text), capacity: fc.option(fc.nat(1_000)), hidePhone: fc.boolean() }),
      60,
    );
    const created = await Promise.all(
      samples.map((sample) => createAgent(admin, own, { ...sample, password: undefined })),
    );

    const csv = await textOf(await admin.agents.exportCsv({ teamId: own.id }));
    expect(csv.split(/^"/m).every((row) => !/^[=+\-@\t\r]/.test(row))).toBe(true);
    expect(await admin.agents.importCsv(csv)).toMatchObject({ rows: 60, unchanged: 60, failed: 0 });

    const spoiled = csv.replaceAll(/@example\.com/g, '@elsewhere.example');
    expect(await admin.agents.importCsv(spoiled)).toMatchObject({ created: 60, failed: 0 });
    const copies = new Map<string, AgentView>();
    for (const agent of (await admin.agents.list({ teamId: own.id, limit: 200 })).data) copies.set(agent.email, agent);
    for (const agent of created) {
      const { name: n, phone, notes, capacity, hidePhone, status } = agent;
      const copy = copies.get(agent.email.replace('@example.com', '@elsewhere.example'));
      expect(copy).toMatchObject({ name: n, phone, notes: notes === '' ? null : notes, capacity, hidePhone, status });
    }
  });

  it('has the rows that the filters of the list leave, and nobody else', async () => {
    const own = await createTeam(admin, ['inbox.read']);
    for (const [n, status] of (['active', 'inactive', 'active'] as const).entries()) {
      await createAgent(admin, own, { name: `Agent ${n}`, status });
    }
    const csv = await textOf(await admin.agents.exportCsv({ teamId: own.id, status: 'active' }));
    expect(
      csv
        .replace('\uFEFF', '')
        .trimEnd()
        .split('\r\n')
        .map((line) => line.split(',')[0]),
    ).toEqual(['"name"', '"Agent 0"', '"Agent 2"']);
    const answer = await request('/agents/export?limit=5');
    expect(answer.status).toBe(422);
  });

  it('ends in the middle when the right to it ends', async () => {
    const readers = await createTeam(admin, ['agents.read']);
    const reader = await createAgent(admin, readers);
    const api = await loginAs(installation, reader, installation.nodes[1]);
    const own = await createTeam(admin, []);
    const rows = 6_000;
    await pool.query(
      `with made as (
         insert into agent (id, workspace_id, team_id, name, email, phone, notes, status, created_at, updated_at)
         select gen_random_uuid(), workspace_id, id, 'Ana', gen_random_uuid() || '@example.com', '+5511912345678',
           repeat('x', 4900), 'active', now(), now()
         from team, generate_series(1, $2) where id = $1
         returning id, workspace_id
       )
       insert into agent_presence (agent_id, workspace_id, since) select id, workspace_id, now() from made`,
      [own.id, rows],
    );

    const stream = await api.agents.exportCsv({ teamId: own.id });
    const body = stream.getReader();
    await body.read();
    await admin.agents.update(reader.id, { status: 'inactive' });
    let bytes = 0;
    const rest = (async () => {
      for (;;) {
        const { done, value } = await body.read();
        if (done) return 'complete';
        bytes += value.length;
      }
    })();
    expect(await rest.catch(() => 'cut off')).toBe('cut off');
    expect(bytes).toBeLessThan(rows * 4_900);
  });
});
