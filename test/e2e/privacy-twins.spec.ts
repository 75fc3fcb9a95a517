import { PERMISSIONS } from '#contracts';
import { leaksIn } from '../support/leaks.js';
import { startNodes, type TestInstallation } from '../support/nodes.js';
import { createAgent, createTeam, loginAs } from '../support/people.js';
import { tellCustomers } from '../support/told-customers.js';
import { Line } from '../support/whatsapp/line.js';

/** In pairs, one for each way to spell a number: they differ, and look the same masked. */
const TWINS = [
  [
    ...['+351917348265', '+4915781246093', '+16502873941', '+351918244671', '+447911844210'],
    ...['+351913800138', '+351913812334'],
  ],
  [
    ...['+351926105765', '+4917639950493', '+12129764041', '+351925306571', '+447700955810'],
    ...['+351925900238', '+351925900234'],
  ],
] as const;

const SEARCHES = [
  '',
  '?q=ana',
  '?q=call',
  '?q=3517',
  '?q=%2B351',
  '?q=77',
  '?q=一',
  '?q=话一',
  '?q=一x三x八',
  '?q=八',
  '?sort=createdAt',
  '?sort=name',
  '?sort=phone',
];

describe('two installations whose customers differ in their numbers only', () => {
  const installations: TestInstallation[] = [];

  afterAll(() => Promise.all(installations.map((installation) => installation.stop())));

  /** Everything that shows customers to somebody with Hide Phone, in the order it was asked for. */
  async function seen(numbers: readonly string[], hidePhone: boolean): Promise<string> {
    const installation = await startNodes(1, { MUSTER_OUTGOING_LOOPBACK: 'on' });
    installations.push(installation);
    const admin = await installation.admin();
    const line = await Line.connect(admin, installation.node.url);
    const told = await tellCustomers(admin, line, numbers);
    await admin.contacts.reveal(told.contactIds[0] ?? '', { reason: `They asked from ${numbers[0]}` });
    await admin.contacts.erase(told.contactIds[2] ?? '');
    await line.api.stop();
    const agent = await createAgent(admin, await createTeam(admin, [...PERMISSIONS], { name: 'Masked' }), {
      hidePhone,
      email: 'masked@example.com',
    });
    const api = await loginAs(installation, agent);
    const authorization = `Bearer ${await api.credentials.bearer()}`;
    const lists = ['/contacts', '/conversations', '/contacts/export'];
    const paths = [
      '/audit',
      '/audit?q=call',
      ...lists.flatMap((list) => SEARCHES.map((search) => list + search)),
      ...told.contactIds.flatMap((id) => [`/contacts/${id}`, `/audit?targetId=${id}`]),
      ...told.conversationIds.flatMap((id) => [`/conversations/${id}`, `/conversations/${id}/messages`]),
    ];
    const answers: string[] = [];
    for (const path of paths) {
      const answer = await fetch(`${installation.node.url}/api/v1${path}`, { headers: { authorization } });
      const type = `${answer.headers.get('content-type')} ${answer.headers.get('etag')}`;
      answers.push(`${path} ${answer.status} ${type} ${await answer.text()}`);
    }
    return answers.join('\n');
  }

  it('are the same to somebody with Hide Phone, byte for byte, but for ids and times', async () => {
    const [first, second] = [await seen(TWINS[0], true), await seen(TWINS[1], true)];
    expect(first.match(/ 200 application\/json/g)?.length).toBeGreaterThan(20);
    expect(first).toContain('+351••••••65');
    expect(plain(first).split('\n')).toEqual(plain(second).split('\n'));
    expect(leaksIn(first, TWINS[0])).toEqual([]);
  });

  it('differ to somebody who may see numbers, so the comparison is not blind', async () => {
    const [first, second] = [await seen(TWINS[0], false), await seen(TWINS[1], false)];
    expect(plain(first)).not.toBe(plain(second));
  });
});

/** Ids by the order in which they come, times not at all, and cursors, which are made of both. */
function plain(text: string): string {
  const ids = new Map<string, number>();
  return text
    .replaceAll(
      /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g,
      (id) => `id${ids.get(id) ?? ids.set(id, ids.size).size - 1}`,
    )
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'time')
    .replaceAll(/"(hash|previousHash|prev)":"[^"]*"/g, '"$1":"hash"')
    .replaceAll(/"next":"[^"]+"/g, '"next":"cursor"')
    .replaceAll(/"phoneNumberId":"\d+"/g, '"phoneNumberId":"line"')
    .replaceAll(/127\.0\.0\.1:\d+/g, 'host');
}
