import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { MusterApi } from '#client';
import type { AgentView, ConversationView, IngestAnswer, InteractionInput, Problem } from '#contracts';
import { recordInteractions, toRow } from '../../src/interactions/record.queries.js';
import { PhoneVault } from '../../src/privacy/phone-vault.js';
import { startNodes, type TestInstallation } from '../support/nodes.js';
import { createAgent, createTeam, loginAs } from '../support/people.js';
import { problemOf } from '../support/problem.js';

const MISSING = '0190b8a0-0000-7000-8000-000000000000';

describe('the interactions API on two nodes', () => {
  let installation: TestInstallation;
  let database: pg.Pool;
  let admin: MusterApi;
  let key: string;

  beforeAll(async () => {
    installation = await startNodes(2);
    database = new pg.Pool({ connectionString: installation.databaseUrl, max: 2 });
    admin = await installation.admin();
    key = (await admin.apiKeys.create({ name: 'Inbox', permissions: ['interactions.write'] })).key;
  });

  afterAll(async () => {
    await database.end();
    await installation.stop();
  });

  const keyOf = (workspaceId: string, id: string) =>
    installation.node.app.get(PhoneVault).interactionKey(workspaceId, id);

  async function openConversation(assignee?: AgentView): Promise<ConversationView> {
    const phone = `+3519${Math.floor(10_000_000 + Math.random() * 89_999_999)}`;
    const conversation = await admin.conversations.create({ contact: { phone } });
    if (assignee)
      await database.query('update conversation set assignee_id = $1 where id = $2', [assignee.id, conversation.id]);
    return conversation;
  }

  function interaction(conversationId: string, rest: Partial<InteractionInput> = {}): InteractionInput {
    return { id: randomUUID(), conversationId, direction: 'inbound', at: new Date().toISOString(), ...rest };
  }

  async function post(body: unknown, node = 0): Promise<{ status: number; answer: IngestAnswer & Problem }> {
    const response = await fetch(`${installation.nodes[node].url}/api/v1/interactions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    return { status: response.status, answer: (await response.json()) as IngestAnswer & Problem };
  }

  it('answers 202 with what became of each, and shows it on the other node at once', async () => {
    const team = await createTeam(admin, ['inbox.read', 'inbox.reply']);
    const agent = await createAgent(admin, team);
    const { id } = await openConversation(agent);
    const known = interaction(id);
    expect(await post({ interactions: [known] })).toEqual({
      status: 202,
      answer: { accepted: 1, duplicates: 0, rejected: [] },
    });
    const { status, answer } = await post({
      interactions: [
        { ...known, direction: 'outbound' },
        interaction(id, { direction: 'outbound' }),
        interaction(MISSING),
        interaction(id, { agentId: MISSING }),
        interaction(id, { at: '2019-01-01T00:00:00Z' }),
        interaction(id, { id: 'x'.repeat(201) }),
        'what?',
      ],
    });
    expect(status).toBe(202);
    expect({ ...answer, rejected: answer.rejected.map(({ index, code }) => [index, code]) }).toEqual({
      accepted: 1,
      duplicates: 1,
      rejected: [
        [2, 'conversation_not_found'],
        [3, 'agent_not_found'],
        [4, 'at_out_of_range'],
        [5, 'id_invalid'],
        [6, 'invalid'],
      ],
    });
    const other = await installation.admin(installation.nodes[1]);
    expect((await other.agents.get(agent.id)).density).toMatchObject({
      m1: 2,
      h1: 2,
      inbound: { m1: 1 },
      outbound: { m1: 1 },
    });
    expect((await other.conversations.get(id)).waitingSince).toBeNull();
  });

  it.each([
    [{}, 'is_array'],
    [{ interactions: [] }, 'array_min_size'],
    [{ interactions: Array.from({ length: 1_001 }, () => ({})) }, 'array_max_size'],
    [{ interactions: [{ id: '1', timestamp: 5 }] }, 'unknown_field'],
    [{ interactions: [{}], source: 'x' }, 'unknown_field'],
    [[], 'is_object'],
  ])('refuses a body that is not of the form as a whole: %#', async (body, code) => {
    const { status, answer } = await post(body);
    expect([status, answer.code, answer.errors[0]?.code]).toEqual([422, 'validation_failed', code]);
  });

  it('refuses bad JSON, too much, and callers without the right', async () => {
    expect((await post('{"interactions":')).answer).toMatchObject({ status: 400, code: 'bad_json' });
    expect((await post(`{"interactions":["${'x'.repeat(3 * 1024 * 1024)}"]}`)).answer).toMatchObject({ status: 413 });
    const team = await createTeam(admin, ['inbox.read']);
    const agent = await loginAs(installation, await createAgent(admin, team));
    const { id } = await openConversation();
    expect(await problemOf(agent.interactions.report([interaction(id)]))).toMatchObject({
      status: 403,
      permission: 'interactions.write',
    });
  });

  it('shows what a node recorded and was killed before it told of, before it answers that it came again', async () => {
    const agent = await createAgent(admin, await createTeam(admin, ['inbox.read', 'inbox.reply']));
    const { id } = await openConversation(agent);
    const rosters = await Promise.all(installation.nodes.map((node) => installation.admin(node)));
    const shown = () =>
      Promise.all(
        rosters.map(async ({ dashboard }) => {
          const { rows, epoch } = await dashboard.roster({ teamId: agent.team.id });
          return { m5: rows[0]?.density.m5, epoch };
        }),
      );
    await shown();
    const lost = [interaction(id), interaction(id)];
    const { workspace } = await admin.me();
    await recordInteractions(
      database,
      new Date(),
      lost.map((one, index) => {
        const known = { id: keyOf(workspace.id, one.id), agentId: null, index, at: Date.parse(one.at) };
        return toRow(workspace.id, { ...one, ...known });
      }),
    );
    expect((await shown()).map(({ m5 }) => m5)).toEqual([0, 0]);
    expect((await post({ interactions: lost })).answer).toMatchObject({ accepted: 0, duplicates: 2 });
    const after = await shown();
    expect(after.map(({ m5 }) => m5)).toEqual([2, 2]);
    await Promise.all([0, 1].map((node) => post({ interactions: lost }, node)));
    expect(await shown()).toEqual(after);
  });

  it('counts 10,000 interactions, shuffled and a fifth of them twice, from 4 clients exactly', async () => {
    const team = await createTeam(admin, ['inbox.read', 'inbox.reply']);
    const agents = await Promise.all(Array.from({ length: 5 }, () => createAgent(admin, team)));
    const conversations = await Promise.all(agents.map((agent) => openConversation(agent)));
    const now = Date.now();
    const distinct = Array.from({ length: 10_000 }, (_, n) =>
      interaction(conversations[n % 5].id, {
        direction: n % 2 === 0 ? 'inbound' : 'outbound',
        at: new Date(now - Math.floor(Math.random() * 2 * 3_600_000)).toISOString(),
      }),
    );
    const sent = [...distinct, ...distinct.slice(0, 2_000)]
      .map((one) => ({ one, order: Math.random() }))
      .toSorted((a, b) => a.order - b.order)
      .map(({ one }) => one);
    const totals = { accepted: 0, duplicates: 0, rejected: 0 };
    await Promise.all(
      [0, 1, 2, 3].map(async (client) => {
        for (let start = client * 250; start < sent.length; start += 1_000) {
          const { answer } = await post({ interactions: sent.slice(start, start + 250) }, client % 2);
          totals.accepted += answer.accepted;
          totals.duplicates += answer.duplicates;
          totals.rejected += answer.rejected.length;
        }
      }),
    );
    expect(totals).toEqual({ accepted: 10_000, duplicates: 2_000, rejected: 0 });
    const { rows } = await database.query<{ id: string }>(
      'select id from interaction where conversation_id = any($1) order by id',
      [conversations.map(({ id }) => id)],
    );
    const { workspace } = await admin.me();
    expect(rows.map(({ id }) => id).toSorted()).toEqual(distinct.map(({ id }) => keyOf(workspace.id, id)).toSorted());
    const other = await installation.admin(installation.nodes[1]);
    for (const [n, agent] of agents.entries()) {
      const before = Date.now();
      const { density } = await other.agents.get(agent.id);
      const own = distinct.filter((_, index) => index % 5 === n);
      expect([hourCount(own, before), hourCount(own, Date.now())]).toContain(density.h1);
      expect(density.h1).toBe(density.inbound.h1 + density.outbound.h1);
    }
  });
});

/** Interactions whose bucket of 5 seconds is one of the last 720 at `now`. */
function hourCount(interactions: InteractionInput[], now: number): number {
  const current = Math.floor(now / 5_000);
  return interactions.filter(({ at }) => {
    const bucket = Math.floor(Date.parse(at) / 5_000);
    return bucket > current - 720 && bucket <= current;
  }).length;
}
