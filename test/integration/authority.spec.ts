import { Authenticator } from '../../src/access/authenticator.js';
import type { Authority, Credential } from '../../src/access/authority.js';
import type { MusterApi } from '#client';
import { eventually } from '../support/eventually.js';
import { startNodes, type TestInstallation } from '../support/nodes.js';
import { createAgent, createTeam, loginAs } from '../support/people.js';
import { type PostgresProxy, startPostgresProxy } from '../support/postgres-proxy.js';

const STATEMENT = 'authority';
/** As many statements as may be on their way at once. */
const AT_ONCE = 3;

/** The second node reaches PostgreSQL through a proxy that counts what is really sent. */
describe('the authority read', () => {
  let installation: TestInstallation;
  let proxy: PostgresProxy;
  let admin: MusterApi;
  let authenticator: Authenticator;

  beforeAll(async () => {
    const variables: Record<string, string> = {};
    installation = await startNodes(1, variables);
    proxy = await startPostgresProxy(installation.databaseUrl);
    variables.DATABASE_URL = proxy.url;
    authenticator = (await installation.start()).app.get(Authenticator);
    admin = await installation.admin();
  });

  afterEach(() => proxy.mend());
  afterAll(async () => {
    await installation.stop();
    await proxy.stop();
  });

  it('is one statement for all who ask in the same tick, and each gets their own answer', async () => {
    const people = await Promise.all(Array.from({ length: 4 }, () => newcomer()));
    const before = proxy.sent(STATEMENT);
    const asked = Array.from({ length: 200 }, (_, n) => people[n % people.length].credential);
    const answers = await Promise.all(asked.map((credential) => authenticator.reread(credential)));
    expect(answers.map((authority) => authority.credential.id)).toEqual(asked.map(({ id }) => id));
    expect(proxy.sent(STATEMENT) - before).toBe(1);
  });

  it('is read anew for every one who asks after another', async () => {
    const { credential } = await newcomer();
    const before = proxy.sent(STATEMENT);
    for (let n = 0; n < 5; n++) await authenticator.reread(credential);
    expect(proxy.sent(STATEMENT) - before).toBe(5);
  });

  it('never joins a statement that is on its way: what changed meanwhile counts', async () => {
    const { credential, api } = await newcomer();
    proxy.hold(STATEMENT);
    const early = settled(authenticator.reread(credential));
    await onTheirWay(1);
    await api.auth.logout();
    const late = settled(authenticator.reread(credential));
    await onTheirWay(2);
    proxy.mend();
    expect(await early).toBe('granted');
    expect(await late).toBe('session_revoked');
  });

  it('gathers callers while as many statements as there may be are on their way, for one next', async () => {
    const { credential, api } = await newcomer();
    const before = proxy.sent(STATEMENT);
    proxy.hold(STATEMENT);
    const early: Promise<string>[] = [];
    for (let n = 1; n <= AT_ONCE; n++) {
      early.push(settled(authenticator.reread(credential)));
      await onTheirWay(n);
    }
    const gathered = Array.from({ length: 20 }, () => settled(authenticator.reread(credential)));
    await api.auth.logout();
    proxy.mend();
    expect(new Set(await Promise.all(early))).toEqual(new Set(['granted']));
    expect(new Set(await Promise.all(gathered))).toEqual(new Set(['session_revoked']));
    expect(proxy.sent(STATEMENT) - before).toBe(AT_ONCE + 1);
  });

  it('fails for everybody in a statement that failed, and for nobody after it', async () => {
    const { credential } = await newcomer();
    proxy.refuse(STATEMENT);
    const refused = await Promise.all(Array.from({ length: 10 }, () => settled(authenticator.reread(credential))));
    expect(refused).not.toContain('granted');
    proxy.mend();
    expect(await settled(authenticator.reread(credential))).toBe('granted');
  });

  /** So many statements are with PostgreSQL, which has answered them, to nobody's knowledge. */
  function onTheirWay(count: number): Promise<unknown> {
    return eventually(
      () => proxy.held(),
      (held) => held === count,
    );
  }

  async function newcomer(): Promise<{ api: MusterApi; credential: Credential }> {
    const api = await loginAs(installation, await createAgent(admin, await createTeam(admin, ['inbox.read'])));
    const { authority } = await authenticator.authenticate((await api.credentials.bearer()) ?? '');
    return { api, credential: authority.credential };
  }
});

/** How a read ended. */
async function settled(read: Promise<Authority>): Promise<string> {
  return read.then(
    () => 'granted',
    (error: { code?: string }) => error.code ?? 'failed',
  );
}
