import { randomUUID } from 'node:crypto';
import type { MusterApi } from '#client';
import { PERMISSIONS, type Problem } from '#contracts';
import { JobQueue } from '../../src/platform/jobs/job-queue.js';
import { eventually } from '../support/eventually.js';
import { startNodes, type TestInstallation } from '../support/nodes.js';

interface Board {
  queues: { name: string; readOnlyMode: boolean; counts: Record<string, number>; jobs: { data: object }[] }[];
}

describe('the view of the queue', () => {
  let installation: TestInstallation;
  let api: MusterApi;
  let key: string;

  beforeAll(async () => {
    installation = await startNodes();
    api = await installation.admin();
    key = (await api.apiKeys.create({ name: 'queue', permissions: ['settings.manage'] })).key;
  });

  afterAll(() => installation.stop());

  const look = (path: string, authorization?: string, init: RequestInit = {}) =>
    fetch(`${installation.node.url}/queues${path}`, { ...init, headers: authorization ? { authorization } : {} });
  const basic = (password: string) => `Basic ${Buffer.from(`:${password}`).toString('base64')}`;
  const board = async () => (await (await look('/api/queues?activeQueue=jobs', basic(key))).json()) as Board;

  it.each(['/', '/api/queues', '/static/js/main.js', '/queue/jobs'])(
    'is for nobody without a credential: %s',
    async (path) => {
      const answer = await look(path);
      expect([answer.status, ((await answer.json()) as Problem).code]).toEqual([401, 'unauthenticated']);
      expect(answer.headers.get('www-authenticate')).toMatch(/^Basic /);
      expect((await look(path, basic('correct-horse-battery'))).status).toBe(401);
    },
  );

  it('is for nobody without the permission, and for nobody any more once the key is ended', async () => {
    const others = PERMISSIONS.filter((permission) => permission !== 'settings.manage');
    const weak = await api.apiKeys.create({ name: 'weak', permissions: others });
    for (const path of ['/', '/api/queues']) {
      const answer = await look(path, basic(weak.key));
      expect([answer.status, ((await answer.json()) as Problem).code]).toEqual([403, 'permission_missing']);
    }
    const ended = await api.apiKeys.create({ name: 'ended', permissions: ['settings.manage'] });
    expect((await look('/', basic(ended.key))).status).toBe(200);
    await api.apiKeys.delete(ended.id);
    expect((await look('/', basic(ended.key))).status).toBe(401);
  });

  it('shows the page, whose every part comes from here, by Basic and by Bearer', async () => {
    const answer = await look('/', `Bearer ${key}`);
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const page = await answer.text();
    expect(page).not.toMatch(/https?:|<style|<%/);
    const parts = [...page.matchAll(/(?:src|href)="(static\/[^"]+)"/g)].map(([, part]) => part ?? '');
    expect(parts.length).toBeGreaterThan(3);
    for (const part of parts) expect((await look(`/${part}`, basic(key))).status).toBe(200);
    expect(await (await look('', basic(key))).text()).toBe(page);
  });

  it('shows the jobs of the own workspace only, by ids', async () => {
    const { jobs: bull } = await installation.node.app.get(JobQueue).ready();
    const foreign = { workspaceId: randomUUID(), key: randomUUID() };
    const strange = await bull.add('permissions.resync-team', foreign, { delay: 3_600_000 });
    const me = await api.me();
    await api.agents.update(me.agent.id, {});
    const { queues } = await eventually(board, ({ queues }) => (queues[0]?.counts['completed'] ?? 0) > 0);
    const [jobs] = queues;
    expect(jobs).toMatchObject({ readOnlyMode: true, counts: { delayed: 0 } });
    expect(new Set(jobs?.jobs.flatMap(({ data }) => Object.keys(data)))).toEqual(new Set(['workspaceId', 'key']));
    expect(JSON.stringify(queues)).toContain(me.agent.id);
    expect(JSON.stringify(queues)).not.toContain(foreign.key);
    expect((await look(`/api/queues/jobs/${strange.id}`, basic(key))).status).toBe(404);
  });

  it.each(['/api/queues/pause', '/api/queues/jobs/empty', '/api/queues/jobs/1/retry', '/api/queues/jobs/add'])(
    'has no way to change the queue: %s',
    async (path) => {
      for (const method of ['PUT', 'POST', 'DELETE', 'PATCH']) {
        expect((await look(path, basic(key), { method })).status).toBe(404);
      }
    },
  );
});
