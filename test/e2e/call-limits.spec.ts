import type { Problem } from '#contracts';
import { eventually } from '../support/eventually.js';
import { startNodes, type TestInstallation } from '../support/nodes.js';
import { Sockets } from '../support/sockets.js';

describe('calls of one credential', () => {
  let installation: TestInstallation;
  const sockets = new Sockets();

  beforeAll(async () => {
    installation = await startNodes(1, { MUSTER_CALLS_PER_SECOND: '1000' });
  });

  afterEach(() => sockets.disconnect());
  afterAll(() => installation.stop());

  it('are refused beyond the limit, over HTTP and sockets together, and nobody else notices', async () => {
    const { url } = installation.node;
    const admin = await installation.admin();
    const { key } = await admin.apiKeys.create({ name: 'Flood', permissions: ['inbox.read'] });
    const opened = await Promise.all(Array.from({ length: 100 }, () => sockets.connect(url, '/inbox', key)));
    const ask = async () => {
      const answers = await Promise.all(
        opened.flatMap((socket) =>
          Array.from({ length: 30 }, () => socket.emitWithAck('presence.set', {}) as Promise<{ error: Problem }>),
        ),
      );
      return new Set(answers.map(({ error }) => error.code));
    };
    const codes = await eventually(ask, (seen) => seen.has('too_many_requests'));
    expect(codes).toEqual(new Set(['validation_failed', 'too_many_requests']));
    expect(opened.every((socket) => socket.connected)).toBe(true);
    expect((await admin.me()).agent).toBeDefined();
  });

  it('are not refused below it', async () => {
    const admin = await installation.admin();
    const token = (await admin.credentials.bearer()) ?? '';
    const socket = await sockets.connect(installation.node.url, '/inbox', token);
    const answers = await Promise.all(
      Array.from({ length: 900 }, () => socket.emitWithAck('presence.set', {}) as Promise<{ error: Problem }>),
    );
    expect(new Set(answers.map(({ error }) => error.code))).toEqual(new Set(['validation_failed']));
  });
});
