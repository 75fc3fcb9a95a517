import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { agentPage, type AgentRow } from '../../src/admin/agent-view.queries.js';
import { ListAgentsQuery } from '../../src/admin/agents.query.js';
import { toPage } from '../../src/platform/http/page.js';
import { createDatabase } from '../support/database.js';

/** More than are looked through before all that match are looked up. */
const CROWD = 2_500;
const GIVEN = ['Ana', 'ÂNGELA', 'Diego', 'João', 'Karina', 'Luís', 'ximena'];
/** What searches could trip over: patterns, quotes, letters of one and of four bytes, and what the letters are cut at. */
const ODD = [
  '50%_off',
  String.raw`back\slash`,
  `O'Neil "Q"`,
  '{a,b}',
  'Zoë 🦊🦊',
  'a',
  '李小龍',
  'tail\u001f',
  '\u001fhead',
  'zz',
];

const WORKSPACE = `insert into workspace (id, slug, name, created_at) values ($1::uuid, $1::uuid::text, 'Test', now())`;
const TEAMS = `
insert into team (id, workspace_id, name, status, permissions, capacity, created_at, updated_at)
select id, $1, 'Team ' || id, 'active', '{}', 5, now(), now() from unnest($2::uuid[]) id`;
const AGENTS = `
insert into agent (id, workspace_id, team_id, name, email, phone, status, created_at, updated_at, deleted_at)
select gen_random_uuid(), $1, ($2::uuid[])[1 + n % 2], name, 'mail.' || n || '@example.com', '+5511912345678',
  case when n % 3 = 0 then 'inactive' else 'active' end, now() - n * interval '1 second', now(),
  case when n % 50 = 0 then now() end
from unnest($3::text[]) with ordinality agent (name, n)`;
const PRESENCE = `insert into agent_presence (agent_id, workspace_id, since) select id, workspace_id, now() from agent`;

interface Person {
  name: string;
  email: string;
  status: string;
  team_id: string;
}

describe('searching agents', () => {
  const workspace = randomUUID();
  const teams = [randomUUID(), randomUUID()];
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let client: pg.Client;
  let people: Person[];

  beforeAll(async () => {
    database = await createDatabase();
    client = new pg.Client({ connectionString: database.url });
    await client.connect();
    const crowd = Array.from({ length: CROWD }, (_, n) => `${GIVEN[n % GIVEN.length]} ${String(n).padStart(4, '0')}`);
    for (const id of [workspace, randomUUID()]) {
      const own = id === workspace ? teams : [randomUUID(), randomUUID()];
      await client.query(WORKSPACE, [id]);
      await client.query(TEAMS, [id, own]);
      await client.query(AGENTS, [id, own, [...ODD, ...crowd]]);
    }
    await client.query(PRESENCE);
    const of = 'select name, email, status, team_id from agent where workspace_id = $1 and deleted_at is null';
    people = (await client.query<Person>(of, [workspace])).rows;
  });

  afterAll(async () => {
    await client.end();
    await database.drop();
  });

  it.each([
    'a',
    'q',
    'Q',
    'z',
    'zz',
    'ZZ',
    'X',
    'xi',
    'ã',
    'Ã',
    'jo',
    '0',
    '99',
    '9@',
    '@',
    '.',
    '%',
    '_',
    '\\',
    ' 0',
    "'",
  ])('finds everybody whose name or e-mail contains %j, and nobody else', async (q) => {
    expect(await walk({ q })).toEqual(expected((person) => contains(person, q)));
  });

  it.each([
    ['common and last in the list', 'ximena'],
    ['common and in the middle', 'KARINA'],
    ['everybody', 'example.com'],
    ['one', 'mail.1234@'],
    ['a part with a space', 'a 00'],
    ['a pattern', '%_o'],
    ['a backslash', String.raw`k\s`],
    ['quotes and braces', '"q"'],
    ['an array', '{a,b}'],
    ['letters of four bytes', '🦊🦊'],
    ['one of them', '🦊'],
    ['no alphabet', '小龍'],
    ['another case', 'ângela'],
    ['nobody', 'nobody'],
    ['its letters, in another order', 'godie'],
    ['the end of a name and the beginning of its e-mail', 'zz\u001fmail'],
    ['what the letters are cut at', '\u001f'],
    ['a name with it', 'l\u001f'],
    ['only with it', '\u001fh'],
    ['not with a space instead', 'l\u001fm'],
  ])('finds exactly who matches: %s', async (_what, q) => {
    expect(await walk({ q })).toEqual(expected((person) => contains(person, q)));
  });

  it.each(['-name', 'email', '-createdAt', 'status,name', 'team'])(
    'finds the same people in the order of %s',
    async (sort) => {
      for (const q of ['ka', 'ximena', '9', 'zz']) {
        const found = await walk({ q, sort });
        expect(found.toSorted()).toEqual(expected((person) => contains(person, q)).toSorted());
      }
    },
  );

  it('finds whoever has any part of a name, under any filters', async () => {
    const part = fc.nat().chain((n) => {
      const { name, email } = people[n % people.length] ?? { name: '', email: '' };
      const letters = [...(n % 2 ? name : email)];
      return fc
        .tuple(fc.nat(letters.length - 1), fc.integer({ min: 1, max: 5 }))
        .map(([from, count]) => letters.slice(from, from + count).join(''));
    });
    const status = fc.constantFrom('active' as const, 'inactive' as const, undefined);
    const teamId = fc.constantFrom(...teams, undefined);
    const property = fc.asyncProperty(part, status, teamId, async (q, status, teamId) => {
      const wanted = expected(
        (person) =>
          contains(person, q) &&
          person.status === (status ?? person.status) &&
          person.team_id === (teamId ?? person.team_id),
      );
      expect(await walk({ q, status, teamId })).toEqual(wanted);
    });
    await fc.assert(property, { numRuns: 20 });
  });

  it('finds a new name at once, and no longer the old one', async () => {
    const rename = 'update agent set name = $2 where email = $1 and workspace_id = $3';
    await client.query(rename, ['mail.1501@example.com', 'Ýrsa', workspace]);
    expect(await walk({ q: 'ýr' })).toEqual(['mail.1501@example.com']);
    await client.query(rename, [
      'mail.1501@example.com',
      people.find((one) => one.email.startsWith('mail.1501@'))?.name,
      workspace,
    ]);
    expect(await walk({ q: 'ýr' })).toEqual([]);
  });

  /** The e-mails of all pages, in their order. */
  async function walk(filters: Partial<ListAgentsQuery>): Promise<string[]> {
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const query = Object.assign(new ListAgentsQuery(), { limit: 200, ...filters, cursor });
      const { text, values } = agentPage(workspace, query);
      const { rows } = await client.query<AgentRow>(text, values);
      const { data, page } = toPage(
        rows,
        query.limit,
        (row) => row.email,
        (row) => row.cursor,
      );
      expect(data.length === query.limit || !page.hasMore).toBe(true);
      seen.push(...data);
      cursor = page.next ?? undefined;
    } while (cursor);
    return seen;
  }

  /** The e-mails of who `matches`, by name. (No two have the same.) */
  function expected(matches: (person: Person) => boolean): string[] {
    const byName = (a: Person, b: Person) =>
      Buffer.compare(Buffer.from(a.name.toLowerCase()), Buffer.from(b.name.toLowerCase()));
    return people
      .filter(matches)
      .sort(byName)
      .map(({ email }) => email);
  }
});

function contains({ name, email }: Person, text: string): boolean {
  const sought = text.toLowerCase();
  return name.toLowerCase().includes(sought) || email.toLowerCase().includes(sought);
}
