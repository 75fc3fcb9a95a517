import { createHmac } from 'node:crypto';
import type { MusterApi } from '#client';
import { startNodes, type TestInstallation } from '../support/nodes.js';
import { createAgent, createTeam } from '../support/people.js';
import { startExample } from '../support/worked-example.js';

const SECRET = 'the-secret-of-the-helpdesk';

describe('the adapter that docs/adapters.md shows', () => {
  let installation: TestInstallation;
  let admin: MusterApi;
  let example: Awaited<ReturnType<typeof startExample>>;

  beforeAll(async () => {
    installation = await startNodes(1);
    admin = await installation.admin();
    const permissions = ['inbox.read', 'inbox.assign', 'agents.read', 'interactions.write'] as const;
    const { key } = await admin.apiKeys.create({ name: 'Helpdesk', permissions: [...permissions] });
    const environment = { MUSTER_URL: installation.node.url, MUSTER_API_KEY: key, HELPDESK_SECRET: SECRET };
    example = await startExample('docs/adapters.md', environment);
  });

  afterAll(async () => {
    await example.stop();
    await installation.stop();
  });

  async function post(message: object, secret = SECRET): Promise<number> {
    const body = JSON.stringify(message);
    const signature = createHmac('sha256', secret).update(body).digest('hex');
    const answer = await fetch(example.url, { method: 'POST', headers: { 'x-helpdesk-signature': signature }, body });
    return answer.status;
  }

  it('opens a conversation, counts each message once and for who wrote it, and believes nobody else', async () => {
    const agent = await createAgent(admin, await createTeam(admin, ['inbox.reply']));
    const thread = { thread: 17, customer: '+351912345678', at: new Date(installation.clock.now()).toISOString() };
    const question = { ...thread, id: 1 };
    const answer = { ...thread, id: 2, agent: agent.email };
    for (const message of [question, question, answer, answer]) expect(await post(message)).toBe(200);
    expect(await post({ ...thread, id: 3 }, 'another')).toBe(401);
    expect(await post({ ...thread, thread: 18, customer: 'nobody' })).toBe(200);
    const { data } = await admin.conversations.list();
    expect(data).toEqual([expect.objectContaining({ externalId: 'helpdesk:17', waitingSince: null })]);
    expect((await admin.agents.get(agent.id)).density.outbound.h1).toBe(1);
  });
});
