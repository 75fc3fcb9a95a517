import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import pg from 'pg';
import type { MusterApi } from '#client';
import { PERMISSIONS, WEBHOOK_EVENTS, type WebhookEvent } from '#contracts';
import { eventually } from '../support/eventually.js';
import { CUSTOMER, WRITES } from '../support/every-write.js';
import { leaksIn } from '../support/leaks.js';
import { PlainSocket } from '../support/live.js';
import { startNodes, type TestInstallation } from '../support/nodes.js';
import { createAgent, createTeam, loginAs } from '../support/people.js';
import { Receiver } from '../support/receiver.js';
import { testServices } from '../support/services.js';
import { type Told, tellCustomers } from '../support/told-customers.js';
import { Line } from '../support/whatsapp/line.js';

const NUMBERS = ['+351917348265', '+351926105874', '+4915781246093', '+16502873941', '+5511947382615'];
/** Of the customers whom `WRITES` makes. */
const ALL_NUMBERS = [...NUMBERS, CUSTOMER];
const ROOT = join(import.meta.dirname, '../..');

interface Operation {
  parameters?: { name?: string; in?: string; $ref?: string }[];
}

const document = <T>(name: string) => JSON.parse(readFileSync(join(ROOT, name), 'utf8')) as T;
const openApi = document<{ paths: Record<string, Record<string, Operation>> }>('openapi.json');
const asyncApi = document<{ operations: Record<string, { action: string }> }>('asyncapi.json');

describe('customers seen by somebody with Hide Phone and every permission', () => {
  const logs: string[] = [];
  let installation: TestInstallation;
  let database: pg.Pool;
  let admin: MusterApi;
  let masked: MusterApi;
  let agentId: string;
  let line: Line;
  let receiver: Receiver;
  let told: Told;
  const ids: Record<string, string[]> = {};

  beforeAll(async () => {
    const variables = { MUSTER_OUTGOING_LOOPBACK: 'on', LOG_LEVEL: 'debug' };
    installation = await startNodes(1, variables, { write: (text) => void logs.push(text) });
    database = new pg.Pool({ connectionString: installation.databaseUrl, max: 2 });
    admin = await installation.admin();
    receiver = await Receiver.start();
    const events = Object.keys(WEBHOOK_EVENTS) as WebhookEvent[];
    const webhook = await admin.webhooks.create({ url: receiver.url('/hook'), events });
    const team = await createTeam(admin, [...PERMISSIONS]);
    const agent = await createAgent(admin, team, { hidePhone: true });
    agentId = agent.id;
    masked = await loginAs(installation, agent);
    line = await Line.connect(admin, installation.node.url, team.id);
    told = await tellCustomers(admin, line, NUMBERS);
    const threshold = await admin.thresholds.create({ name: 'Busy', kind: 'density', comparison: 'above', value: 1e6 });
    Object.assign(ids, {
      contacts: told.contactIds,
      conversations: told.conversationIds,
      agents: [agentId],
      teams: [team.id],
      webhooks: [webhook.id],
      thresholds: [threshold.id],
    });
  });

  afterAll(async () => {
    await line.api.stop();
    await receiver.stop();
    await database.end();
    await installation.stop();
  });

  /** Status line, headers and body of an answer, as text. */
  async function ask(api: MusterApi, path: string, init: RequestInit = {}): Promise<string> {
    const headers = { authorization: `Bearer ${await api.credentials.bearer()}`, ...init.headers };
    const url = /^\/(api\/|livez|readyz|metrics|version)/.test(path) ? path : `/api/v1${path}`;
    const answer = await fetch(`${installation.node.url}${url}`, { ...init, headers });
    return `${answer.status} ${JSON.stringify([...answer.headers])} ${await answer.text()}`;
  }

  /** Every GET of the API's description: plain, searched, sorted, paged, and as a file. */
  async function readAll(api: MusterApi): Promise<Map<string, string>> {
    const seen = new Map<string, string>();
    for (const [template, operations] of Object.entries(openApi.paths)) {
      if (!operations.get || template === '/metrics') continue;
      for (const path of pathsOf(template)) {
        for (const query of queriesOf(operations.get)) {
          const answer = await ask(api, path + query);
          seen.set(path + query, answer);
          const next = /"next":"([^"]+)"/.exec(answer)?.[1];
          if (next) seen.set(`${path}${query} next`, await ask(api, `${path}${query}&cursor=${next}`));
        }
      }
    }
    return seen;
  }

  function pathsOf(template: string): string[] {
    if (!template.includes('{')) return [template];
    const kind = template.split('/')[3] ?? '';
    return (ids[kind] ?? []).map((id) => template.replace('{id}', id));
  }

  function queriesOf({ parameters = [] }: Operation): string[] {
    const names = new Set(parameters.map(({ name, $ref }) => name ?? $ref?.split('/').at(-1)));
    const tries = ['?limit=2', '?sort=phone', '?sort=-createdAt', '?sort=name', '?q=ana', '?q=777', '?format=csv'];
    return ['', '?unknown=1', ...tries.filter((query) => names.has(query.slice(1).split('=')[0]))];
  }

  const leaked = (seen: Map<string, string>) =>
    [...seen].flatMap(([what, text]) => leaksIn(text, ALL_NUMBERS).map(({ around }) => `${what}: ${around}`));

  /** Answers of the API that a cache may keep, for whoever uses the browser or the proxy next. */
  const cacheable = (seen: Map<string, string>) =>
    [...seen].flatMap(([what, answer]) =>
      /^\/(livez|readyz|version)/.test(what) || answer.includes('["cache-control","no-store"]') ? [] : [what],
    );

  it('are found by the detector in what an administrator sees, so it is not blind', async () => {
    const seen = await readAll(admin);
    const told = leaked(seen).map((leak) => leak.replace(/[0-9a-f-]{36}/g, '{id}').split(/[?: ]/)[0]);
    const places = ['contacts', 'contacts/{id}', 'contacts/export', 'conversations', 'conversations/{id}/messages'];
    for (const place of places) expect(told).toContain(`/api/v1/${place}`);
    for (const hidden of ['351 917 348 265', '٣٥١٩١٧٣٤٨', '562843719153', Buffer.from('917348265').toString('hex')]) {
      expect(leaksIn(`"${hidden}"`, NUMBERS)).not.toEqual([]);
    }
    for (const before of ['', 'a', 'ab']) {
      const wamid = Buffer.from(`${before}\x1d\x18351917348265\x15`, 'latin1').toString('base64');
      expect(leaksIn(`x wamid.${wamid}`, NUMBERS)).not.toEqual([]);
    }
  });

  it('have no digits of their numbers in any answer to any read, in its headers or in its refusal', async () => {
    const seen = await readAll(masked);
    expect(seen.size).toBeGreaterThan(150);
    const well = [...seen.values()].filter((answer) => answer.startsWith('200 '));
    expect(well.length).toBeGreaterThan(80);
    expect(leaked(seen)).toEqual([]);
    expect(cacheable(seen)).toEqual([]);
  });

  it('have none in any answer to any write, done, refused, malformed or about what is not there', async () => {
    const seen = new Map<string, string>();
    const send = async (
      what: string,
      method: string,
      path: string,
      body?: string,
      more: Record<string, string> = {},
    ) => {
      const type = body === undefined ? {} : { 'content-type': 'application/json' };
      seen.set(what, await ask(masked, path, { method, body, headers: { ...type, ...more } }));
    };
    for (const [route, prepare] of Object.entries(WRITES)) {
      const [method = ''] = route.split(' ');
      const { path, body, headers } = await prepare({ installation, admin });
      if (route.includes('/auth/')) continue;
      const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
      await send(`${route} malformed`, method, path, '{"');
      await send(`${route} unknown`, method, path, '{"unknown":[null]}');
      await send(`${route} stale`, method, path, text, { ...headers, 'if-match': '"99"' });
      await send(route, method, path, text, headers);
      await send(`${route} again`, method, path, text, headers);
    }
    for (const [index, id] of told.contactIds.entries()) {
      await send(`reveal ${index}`, 'POST', `/contacts/${id}/reveal`, '{"reason":"I want to know"}');
      await send(`name ${index}`, 'PATCH', `/contacts/${id}`, '{"name":"Renamed"}', { 'if-match': '"99"' });
    }
    for (const id of told.conversationIds) {
      await send(`take ${id}`, 'POST', `/conversations/${id}/assign`, JSON.stringify({ agentId }));
      await send(`answer ${id}`, 'POST', `/conversations/${id}/messages`, '{"text":"Hello"}');
      await send(`open ${id}`, 'POST', `/conversations/${id}/reopen`, '');
    }
    expect(seen.size).toBeGreaterThan(150);
    expect(leaked(seen)).toEqual([]);
    expect(cacheable(seen)).toEqual([]);
  });

  it('have none in any frame of any socket: events, answers and refusals', async () => {
    const frames: string[] = [];
    const token = (await masked.credentials.bearer()) ?? '';
    const sockets = await Promise.all(
      ['inbox', 'dashboard'].map((namespace) => PlainSocket.connect(`${installation.node.url}/${namespace}`, token)),
    );
    for (const { socket } of sockets) socket.io.engine.on('packet', ({ data }) => frames.push(String(data)));
    const events = Object.entries(asyncApi.operations).filter(([, { action }]) => action === 'receive');
    for (const [name] of events) {
      const event = name.slice(name.indexOf('.') + 1);
      if (event === 'connect' || event === 'token.refresh') continue;
      for (const socket of sockets) await socket.ask(event, { unknown: true }).catch(() => undefined);
    }
    const [inbox, dashboard] = sockets as [PlainSocket, PlainSocket];
    await inbox.ask('subscribe', { topic: 'assignable' });
    await dashboard.ask('subscribe', { topic: 'roster' });
    await inbox.ask('presence.set', { availability: 'available' });
    const [phone = ''] = NUMBERS;
    const { data } = await admin.conversations.list({ limit: 200, q: phone.slice(0, 5) });
    const open = data.find(({ contact, status }) => contact.phone === phone && status === 'open');
    const id = open?.id ?? (await openFor(phone));
    const { assignee } = await admin.conversations.get(id);
    if (assignee?.id !== agentId) await admin.conversations.assign(id, { agentId });
    await line.writes({ phone, name: `${phone} again`, text: `Still ${phone}` });
    const expected = ['conversation.updated', 'message.created', 'roster.delta'];
    await eventually(
      () => expected.filter((event) => !frames.some((frame) => frame.includes(event))),
      (missing) => missing.length === 0,
    );
    expect(leaksIn(frames.join('\n'), ALL_NUMBERS)).toEqual([]);
    for (const socket of sockets) socket.close();
  });

  async function openFor(phone: string): Promise<string> {
    await line.writes({ phone, text: 'Hello' });
    return (await Line.conversationOf(admin, phone)).id;
  }

  it('have none in outgoing webhooks, metrics, or the logs at their most talkative', async () => {
    const { body } = (await receiver.got(5, '/hook'))[0] ?? {};
    expect(body).toContain('"type"');
    const sent = receiver.received.map((request) => JSON.stringify(request)).join('\n');
    const metrics = await ask(masked, '/metrics');
    expect(metrics).toContain('muster_whatsapp_items_total');
    expect(logs.length).toBeGreaterThan(100);
    const seen = new Map([
      ['webhooks', sent],
      // Names and labels; values are figures with digits of their own.
      ['metrics', metrics.replaceAll(/ \S+$/gm, '')],
      ['logs', logs.join('')],
    ]);
    expect(leaked(seen)).toEqual([]);
  });

  it('have none in Redis, with the data of every job', async () => {
    const redis = new Redis(testServices().redisUrl);
    const keys = await redis.keys(`*${installation.redisPrefix}*`);
    expect(keys.length).toBeGreaterThan(5);
    expect(keys.some((key) => key.includes(':bull:'))).toBe(true);
    const seen = new Map<string, string>();
    for (const key of keys) seen.set(key.replace(installation.redisPrefix, ''), await contentOf(redis, key));
    redis.disconnect();
    expect(leaked(seen)).toEqual([]);
  });

  it('have none in the database, but what people call them and other systems know them by', async () => {
    const plain: Record<string, string> = { contact: 'name', conversation: 'external_id', agent: 'phone' };
    const { rows: tables } = await database.query<{ name: string }>(
      `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
         and not relispartition`,
    );
    const seen = new Map<string, string>();
    for (const { name } of tables) {
      const { rows } = await database.query<{ row: string }>(
        `select (to_jsonb(t) - $1::text)::text as row from ${name} t`,
        [plain[name] ?? ''],
      );
      seen.set(name, rows.map(({ row }) => row.replaceAll('\\\\x', ' ')).join('\n'));
    }
    for (const table of ['interaction', 'interaction_key', 'audit_entry', 'message', 'outbox', 'webhook_delivery']) {
      expect(seen.get(table)).not.toBe('');
    }
    expect(leaked(seen)).toEqual([]);
  });

  it('are another page once Hide Phone is turned on, though the client has the tag of the page before', async () => {
    const agent = await createAgent(admin, await createTeam(admin, [...PERMISSIONS]));
    const api = await loginAs(installation, agent);
    const [id = ''] = told.contactIds;
    const whole = await ask(api, `/contacts/${id}`);
    expect(leaksIn(whole, NUMBERS)).not.toEqual([]);
    const etag = /"etag","(\\"\d+\\")"/.exec(whole)?.[1]?.replaceAll('\\', '') ?? '';
    expect(etag).toMatch(/^"\d+"$/);
    const token = (await api.credentials.bearer()) ?? '';
    await admin.agents.update(agent.id, { hidePhone: true });
    for (const path of [`/contacts/${id}`, `/conversations/${told.conversationIds[0]}`, '/contacts']) {
      const headers = { 'if-none-match': etag, authorization: `Bearer ${token}` };
      const answer = await ask(api, path, { headers });
      expect(answer).toMatch(/^200 /);
      expect(leaksIn(answer, NUMBERS)).toEqual([]);
    }
  });
});

async function contentOf(redis: Redis, key: string): Promise<string> {
  const type = await redis.type(key);
  if (type === 'string') return (await redis.get(key)) ?? '';
  if (type === 'hash') return JSON.stringify(await redis.hgetall(key));
  if (type === 'list') return JSON.stringify(await redis.lrange(key, 0, -1));
  if (type === 'set') return JSON.stringify(await redis.smembers(key));
  if (type === 'zset') return JSON.stringify(await redis.zrange(key, 0, '-1'));
  return type === 'stream' ? JSON.stringify(await redis.xrange(key, '-', '+')) : '';
}
