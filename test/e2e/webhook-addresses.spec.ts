import pg from 'pg';
import type { MusterApi } from '#client';
import { eventually } from '../support/eventually.js';
import { startNodes, type TestInstallation } from '../support/nodes.js';
import { problemOf } from '../support/problem.js';
import { Receiver } from '../support/receiver.js';

describe('outgoing webhooks as they are by default', () => {
  let installation: TestInstallation;
  let admin: MusterApi;
  let receiver: Receiver;

  beforeAll(async () => {
    installation = await startNodes();
    admin = await installation.admin();
    receiver = await Receiver.start();
  });

  afterAll(async () => {
    await receiver.stop();
    await installation.stop();
  });

  it.each([
    'http://example.com/hook',
    'https://localhost/hook',
    'https://127.0.0.1/hook',
    'https://2130706433/hook',
    'https://0x7f.1/hook',
    'https://10.0.0.1/hook',
    'https://100.64.0.1/hook',
    'https://169.254.169.254/latest',
    'https://172.16.0.1/hook',
    'https://192.168.1.1/hook',
    'https://0.0.0.0/hook',
    'https://[::1]/hook',
    'https://[::ffff:10.0.0.1]/hook',
    'https://[::ffff:7f00:1]/hook',
    'https://[fd00::1]/hook',
    'https://[fe80::1]/hook',
    'https://[64:ff9b::a00:1]/hook',
    'https://name:password@example.com/hook',
    'https://example.com/hook#part',
    'ftp://example.com/hook',
    'example.com',
  ])('refuse %s', async (url) => {
    const problem = await problemOf(admin.webhooks.create({ url, events: ['agent.deactivated'] }));
    expect(problem.errors).toMatchObject([{ pointer: '/url', code: 'url_invalid' }]);
  });

  it('ask for the address again when they connect', async () => {
    const { id } = await admin.webhooks.create({ url: 'https://receiver.invalid/', events: ['agent.deactivated'] });
    const client = new pg.Client({ connectionString: installation.databaseUrl });
    await client.connect();
    await client.query('update webhook_endpoint set url = $2 where id = $1', [id, receiver.url('/inside')]);
    await client.end();
    await admin.webhooks.test(id);
    const refused = await eventually(
      async () => (await admin.webhooks.deliveries(id)).data[0],
      (delivery) => !!delivery?.failure,
      20_000,
    );
    expect(refused).toMatchObject({ failure: 'address_refused', responseStatus: null });
    expect(receiver.received).toEqual([]);
  });
});
