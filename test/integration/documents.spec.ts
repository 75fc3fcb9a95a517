/** What is generated from the code and committed: current, valid, and true of a running node. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Parser } from '@asyncapi/parser';
import { io } from 'socket.io-client';
import { type Ack, PERMISSIONS, PROBLEM_STATUS } from '#contracts';
import { configurationDocuments } from '../../src/docs/configuration/configuration-documents.js';
import { contractDocuments } from '../../src/docs/contract-documents.js';
import type { AsyncApi } from '../../src/docs/asyncapi/asyncapi.js';
import type { OpenApi, Operation, Verb } from '../../src/docs/openapi/openapi.js';
import { ADMIN, startNodes, type TestInstallation } from '../support/nodes.js';

const root = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const openApi = JSON.parse(read('openapi.json')) as OpenApi;
const asyncApi = JSON.parse(read('asyncapi.json')) as AsyncApi;

/** What the parser calls errors and warnings; the rest is advice. */
const SERIOUS = new Set<unknown>([0, 1]);

const operations = Object.entries(openApi.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([verb, operation]) => ({ path, verb: verb as Verb, operation })),
);

describe('the generated documents', () => {
  it('are what the code says now (else: npm run docs:contracts)', async () => {
    for (const { path, text } of await contractDocuments(root))
      expect(`${path}\n${read(path)}`).toBe(`${path}\n${text}`);
  });

  it('list the settings as they are now (else: npm run docs:config)', async () => {
    for (const { path, text } of await configurationDocuments(root)) expect(read(path)).toBe(text);
  });
});

describe('openapi.json', () => {
  it('is valid', async () => {
    const redocly = join(root, 'node_modules/@redocly/cli/bin/cli.js');
    const args = [redocly, 'lint', 'openapi.json', '--config', '.redocly.yaml', '--format', 'json'];
    const offline = { REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };
    const lint = promisify(execFile)(process.execPath, args, { cwd: root, env: { ...process.env, ...offline } });
    const { stdout } = await lint.catch((error: { stdout: string }) => error);
    expect((JSON.parse(stdout) as { problems: unknown[] }).problems).toEqual([]);
  });

  it('gives every operation an id of its own, words, and a permission or none', () => {
    expect(new Set(operations.map(({ operation }) => operation.operationId)).size).toBe(operations.length);
    for (const { operation } of operations) {
      expect(operation).toMatchObject({ summary: expect.any(String), description: expect.stringMatching(/Needs /) });
      for (const permission of operation['x-permissions'] ?? []) expect(PERMISSIONS).toContain(permission);
    }
  });

  it('describes the refusals of every route that takes a credential', () => {
    const guarded = operations.filter(({ operation }) => operation.security?.length);
    expect(guarded.length).toBeGreaterThan(10);
    for (const { operation } of guarded) {
      expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(['401', '503']));
      if (operation['x-permissions']) expect(operation['x-problems']).toContain('permission_missing');
    }
  });

  it('explains every code of a problem and every permission', () => {
    const { ProblemCode, Permission } = openApi.components.schemas;
    for (const code of Object.keys(PROBLEM_STATUS)) expect(ProblemCode?.description).toContain(`- \`${code}\`: `);
    expect(Permission?.enum).toEqual([...PERMISSIONS]);
  });
});

describe('asyncapi.json', () => {
  it('is valid', async () => {
    const { document, diagnostics } = await new Parser().parse(read('asyncapi.json'));
    expect(diagnostics.filter(({ severity }) => SERIOUS.has(severity))).toEqual([]);
    expect(
      document
        ?.channels()
        .all()
        .map((channel) => channel.address()),
    ).toEqual(['/dashboard', '/inbox']);
  });

  it('acknowledges every event that a client sends', () => {
    const received = Object.values(asyncApi.operations).filter(({ action }) => action === 'receive');
    expect(received.length).toBeGreaterThan(5);
    for (const operation of received) expect(operation).toMatchObject({ reply: { messages: [expect.anything()] } });
  });

  it('explains every code that a socket is closed with', () => {
    const { CloseCode } = asyncApi.components.schemas;
    for (const code of CloseCode?.enum ?? []) expect(CloseCode?.description).toContain(`- \`${String(code)}\`: `);
  });
});

describe('a running node', () => {
  let installation: TestInstallation;
  beforeAll(async () => {
    installation = await startNodes();
  });
  afterAll(() => installation.stop());

  const get = (path: string) => fetch(`${installation.node.url}${path}`);

  it.each(['openapi.json', 'asyncapi.json'])('serves %s as it is committed', async (name) => {
    const answer = await get(`/${name}`);
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    expect(await answer.text()).toBe(read(name));
  });

  it('has every route of openapi.json, and lets nobody in without what it says', async () => {
    for (const { path, verb, operation } of operations) {
      const { status, code } = await call(path, verb, bodyOf(operation));
      const guarded = Boolean(operation.security?.length);
      expect({ path, verb, guarded, status, code }).toMatchObject(guarded ? { status: 401 } : { path });
      expect(`${verb} ${path}: ${code}`).not.toMatch(/not_found$/);
    }
  });

  it('refuses nothing in a way that openapi.json does not tell', async () => {
    const told = new Set<string>();
    for (const { path, verb, operation } of operations) {
      const { accessToken } = await installation.client().auth.login(ADMIN);
      for (const attempt of clumsyCalls(operation)) {
        const authorization = { Authorization: `Bearer ${accessToken}` };
        const headers = { ...authorization, ...attempt.headers };
        const { status, code } = await call(`${path}${attempt.query ?? ''}`, verb, { ...attempt, headers });
        expect({ path, verb, statuses: Object.keys(operation.responses) }).toMatchObject({
          statuses: expect.arrayContaining([String(status)]),
        });
        if (code === null) continue;
        expect({ path, verb, codes: operation['x-problems'] }).toMatchObject({ codes: expect.arrayContaining([code]) });
        told.add(code);
      }
    }
    expect([...told]).toEqual(
      expect.arrayContaining(['bad_json', 'bad_request', 'not_found', 'unsupported_media_type', 'validation_failed']),
    );
  });

  it('knows every event of asyncapi.json, and no other', async () => {
    const { accessToken } = await installation.client().auth.login(ADMIN);
    for (const [namespace, channel] of Object.entries(asyncApi.channels)) {
      const url = `${installation.node.url}${channel.address}`;
      const auth = { token: accessToken, protocol: 1 };
      const socket = io(url, { transports: ['websocket'], auth, forceNew: true, reconnection: false });
      const codeOf = async (event: string) => {
        const answer = (await socket.timeout(5_000).emitWithAck(event, { qz: 1 })) as Ack<unknown>;
        return answer.ok ? null : answer.error.code;
      };
      const events = Object.values(asyncApi.operations).filter(({ action, channel: { $ref }, title }) => {
        return action === 'receive' && $ref === `#/channels/${namespace}` && title !== 'connect';
      });
      expect(events.length).toBeGreaterThan(2);
      for (const { title } of events) expect(`${title}: ${await codeOf(title)}`).toBe(`${title}: validation_failed`);
      expect(await codeOf('qz')).toBe('unknown_event');
      socket.disconnect();
    }
  });

  it('shows the reference with nothing from elsewhere and nothing that its content security forbids', async () => {
    const page = await get('/api/docs');
    const html = await page.text();
    const policy = page.headers.get('content-security-policy');
    expect(policy).toContain("default-src 'self'");
    expect(policy).not.toContain("script-src 'self' 'unsafe");
    expect(html).not.toMatch(/https?:|<script>|<style|style=|\son\w+=/);
    const linked = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path ?? '');
    expect(linked.length).toBeGreaterThan(6);
    for (const path of linked) expect({ path, status: (await get(path)).status }).toEqual({ path, status: 200 });
    expect((await get('/api/docs/assets/package.json')).status).toBe(404);
  });

  async function call(path: string, verb: Verb, init: { body?: string; headers?: Record<string, string> }) {
    const url = `${installation.node.url}${path.replaceAll(/\{\w+\}/g, '01938e2a-7c1b-7b3e-9f4d-2a6c8e0b1d35')}`;
    const answer = await fetch(url, { method: verb.toUpperCase(), body: init.body, headers: init.headers });
    const text = await answer.text();
    const isProblem = answer.headers.get('content-type')?.startsWith('application/problem+json');
    return { status: answer.status, code: isProblem ? (JSON.parse(text) as { code: string }).code : null };
  }
});

interface Attempt {
  body?: string;
  headers?: Record<string, string>;
  query?: string;
}

const JSON_TYPE = { 'Content-Type': 'application/json' };

function bodyOf({ requestBody }: Operation): Attempt {
  return requestBody ? { body: '{}', headers: JSON_TYPE } : {};
}

/** What clients do wrong: a route answers each with success or with a refusal that it is known for. */
function clumsyCalls(operation: Operation): Attempt[] {
  const bodies: Attempt[] = [
    { body: '{}', headers: JSON_TYPE },
    { body: '{"qz":', headers: JSON_TYPE },
    { body: '<xml/>', headers: { 'Content-Type': 'application/xml' } },
  ];
  const [first = {}, ...others] = operation.requestBody ? bodies : [{}];
  return [
    first,
    ...others,
    { ...first, query: '?limit=0&qz=1' },
    { ...first, query: '?cursor=qz' },
    { ...first, headers: { ...first.headers, 'If-Match': 'qz' } },
    { ...first, headers: { ...first.headers, 'If-Match': '"7"' } },
  ];
}
