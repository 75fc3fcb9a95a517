import { randomBytes, randomUUID } from 'node:crypto';
import pg from 'pg';
import { AuditService } from '../../src/audit/audit.service.js';
import { DeliveryParticipants } from '../../src/interactions/delivery.participants.js';
import { Repeats } from '../../src/interactions/repeats.js';
import { WhatsAppWriter } from '../../src/interactions/whatsapp-writer.js';
import { Clock } from '../../src/platform/clock.js';
import { Database } from '../../src/platform/database/database.js';
import { EventBus } from '../../src/platform/events/event-bus.js';
import { schema } from '../../src/schema.js';
import { createEmptyDatabase } from '../support/database.js';
import { insertWorkspace } from '../support/workspace-rows.js';

const HOUR_MS = 3_600_000;

describe('user ids of customers from before it was known when they were said', () => {
  let created: Awaited<ReturnType<typeof createEmptyDatabase>>;
  let workspaceId: string;
  const [number, user] = [randomBytes(32), randomBytes(32)];

  beforeAll(async () => {
    created = await createEmptyDatabase();
    const dated = schema.migrations.findIndex(({ name }) => name.includes('CustomerIdentity'));
    await (await Database.open({ url: created.url, ...schema, migrations: schema.migrations.slice(0, dated) })).close();
    const pool = new pg.Pool({ connectionString: created.url });
    workspaceId = (await insertWorkspace(pool, { teams: 1, agents: 0, conversations: 0 })).id;
    await pool.query(
      `insert into contact
         (id, workspace_id, phone_index, phone_cipher, user_index, user_cipher, created_at, updated_at)
       values ($1, $2, $3, '\\x01', $4, '\\x01', $5, now())`,
      [randomUUID(), workspaceId, number, user, new Date(Date.now() - HOUR_MS)],
    );
    await pool.end();
  });

  afterAll(() => created.drop());

  it('stay with the number they have when a message with one of before is delivered late', async () => {
    const database = await Database.open({ url: created.url, ...schema });
    const [bus, clock, old] = [new EventBus(), new Clock(), randomBytes(32)];
    const repeats = new Repeats(database, bus, clock);
    const writer = new WhatsAppWriter(
      database,
      bus,
      clock,
      new DeliveryParticipants(),
      new AuditService(clock),
      repeats,
    );
    const message = {
      workspace_id: workspaceId,
      id: randomUUID(),
      direction: 'inbound' as const,
      at: new Date(Date.now() - 2 * HOUR_MS).toISOString(),
      phone_index: `\\x${old.toString('hex')}`,
      phone_cipher: '\\x02',
      user_index: `\\x${user.toString('hex')}`,
      user_cipher: '\\x01',
      name: null,
      contact_id: randomUUID(),
      conversation_id: randomUUID(),
      team_id: null,
      content: null,
    };
    expect(await writer.record({ messages: [message] })).toEqual(['accepted']);
    const { rows } = await database.pool.query(
      'select c.phone_index, c.user_index from conversation v join contact c on c.id = v.contact_id',
    );
    expect(rows).toEqual([{ phone_index: number, user_index: user }]);
    await database.close();
  });
});
