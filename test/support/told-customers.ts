/** Customers whose numbers are everywhere they can be: in names, texts, ids of others, WhatsApp's ids and reports. */
import { randomUUID } from 'node:crypto';
import type { MusterApi } from '#client';
import type { Id } from '#contracts';
import { eventually } from './eventually.js';
import type { Line } from './whatsapp/line.js';

export interface Told {
  contactIds: Id[];
  conversationIds: Id[];
}

const spaced = (phone: string) => phone.replace(/(\d{3})(\d{3})(\d{3})(\d+)/, '$1 $2-$3.$4');
const arabic = (phone: string) => phone.replaceAll(/\d/g, (digit) => String.fromCodePoint(0x660 + Number(digit)));

const chinese = (phone: string) => phone.replaceAll(/\d/g, (digit) => '〇一二三四五六七八九'[Number(digit)]);

/** Names and texts by what they make of the number, one for each customer in turn. */
const SPELLINGS: ((phone: string) => string)[] = [
  (phone) => phone,
  (phone) => `Ana ${spaced(phone)} (home)`,
  (phone) => arabic(phone),
  (phone) => `王一 ${chinese(phone)}`,
  (phone) => `call ${phone.slice(1)} or ${spaced(phone)}`,
  (phone) => `电话${chinese(phone.slice(-8))}`,
  (phone) => [...chinese(phone.slice(-8))].join('x'),
];

/** Customers write by WhatsApp and are opened by the API; each is answered, reported of and counted. */
export async function tellCustomers(admin: MusterApi, line: Line, numbers: readonly string[]): Promise<Told> {
  const told: Told = { contactIds: [], conversationIds: [] };
  for (const [index, phone] of numbers.entries()) {
    const spell = SPELLINGS[index % SPELLINGS.length];
    if (index % 2 === 1) {
      const externalId = `crm/${phone}/${Buffer.from(phone).toString('base64')}`;
      await admin.conversations.create({ contact: { phone, name: spell(phone) }, externalId });
    }
    await line.writes({ phone, name: spell(phone), text: `☎ ${spell(phone)}` });
    const [contact] = (await admin.contacts.list({ q: phone })).data;
    const { data } = await admin.conversations.list({ limit: 200 });
    const own = data.filter((conversation) => conversation.contact.id === contact?.id);
    told.contactIds.push(contact?.id ?? '');
    told.conversationIds.push(...own.map(({ id }) => id));
    await answer(admin, line, own.at(0)?.id ?? '', phone);
  }
  return told;
}

async function answer(admin: MusterApi, line: Line, conversationId: Id, phone: string): Promise<void> {
  const at = new Date().toISOString();
  const report = { id: `chat-${phone}-${randomUUID()}`, conversationId, direction: 'outbound' as const, at };
  await admin.interactions.report([report]);
  const written = await admin.conversations.get(conversationId);
  if (!written.windowExpiresAt) return;
  const taken = line.nextTaken();
  const { id } = await admin.messages.create(conversationId, { text: `Is ${phone} yours?` });
  const message = await taken;
  await line.reports(message, 'failed', [{ code: 131_026 }]);
  await eventually(
    async () => (await admin.messages.list(conversationId)).data.find((one) => one.id === id)?.status,
    (status) => status === 'failed',
    20_000,
  );
}
