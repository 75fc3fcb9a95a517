import type { AgentView, ApiKeyView, ChannelView, Id, Permission } from '#contracts';
import { everyPage, MusterApi } from '#client';
import type { FloorAgent } from '../floor/staff.js';
import type { Line } from '../whatsapp/phone-line.js';
import type { FakeCloudApi } from '../whatsapp/fake-cloud-api.js';
import type { Courier } from './courier.js';
import { connectLine, DEMO_NUMBER_ID } from './sending-line.js';

/** Where agents of the demo have their mail; the server's seed uses the same. */
const DEMO_MAIL = '@demo.muster.local';
const KEY_NAME = 'Demo traffic';
const KEY_PERMISSIONS: Permission[] = [
  'interactions.write',
  'inbox.read',
  'inbox.assign',
  'inbox.reply',
  'agents.read',
];

/** Whom the traffic speaks as. */
export interface Entrance {
  url: string;
  email: string;
  password: string;
}

/** An agent of the demo with the address to sign in with. */
export type DemoAgent = FloorAgent & { email: string };

/** What the traffic finds when it comes in. */
export interface Workplace {
  /** With the traffic's own API key. */
  muster: MusterApi;
  keyId: Id;
  /** Whether what agents answer is sent by WhatsApp, to the demo's own side of it. */
  sends: boolean;
  /** The number that customers of a team write to. */
  lineOf(team: { id: Id; name: string }): Line;
  agents(): Promise<DemoAgent[]>;
}

/** Signs in as the administrator, makes the traffic's API key anew, and looks at the numbers. */
export function enter(entrance: Entrance, courier: Courier, api: FakeCloudApi): Promise<Workplace> {
  return asAdministrator(entrance, courier, async (admin) => {
    for (const key of await keysOf(admin, courier)) await courier.send(() => admin.apiKeys.delete(key.id));
    const made = await courier.send(() => admin.apiKeys.create({ name: KEY_NAME, permissions: KEY_PERMISSIONS }));
    const sends = await connectLine(admin, courier, api);
    const channels = await courier.send(() => admin.channels.list({ limit: 200 }));
    const muster = new MusterApi({ url: entrance.url, token: made.key, retries: 0 });
    return {
      muster,
      keyId: made.id,
      sends,
      lineOf: (team) => lineOf(channels.data, team),
      agents: () => demoAgents(muster, courier, entrance.email),
    };
  });
}

/** Whether another traffic has made a key for itself. */
export function isTaken(entrance: Entrance, courier: Courier): Promise<boolean> {
  return asAdministrator(entrance, courier, async (admin) => (await keysOf(admin, courier)).length > 0);
}

/** Takes the key back, so that another traffic may come in. */
export async function leave(entrance: Entrance, courier: Courier, keyId: Id): Promise<void> {
  await asAdministrator(entrance, courier, (admin) => courier.send(() => admin.apiKeys.delete(keyId)));
}

async function asAdministrator<T>(
  { url, email, password }: Entrance,
  courier: Courier,
  work: (admin: MusterApi) => Promise<T>,
): Promise<T> {
  const admin = new MusterApi({ url, retries: 0 });
  await courier.send(() => admin.auth.login({ email, password }));
  const answer = await work(admin);
  await courier.send(() => admin.auth.logout());
  return answer;
}

async function keysOf(admin: MusterApi, courier: Courier): Promise<ApiKeyView[]> {
  const keys: ApiKeyView[] = [];
  const list = (params: { cursor?: string }) => courier.send(() => admin.apiKeys.list(params));
  for await (const key of everyPage(list, {})) if (key.name === KEY_NAME) keys.push(key);
  return keys;
}

/** The team's own number, else one without a team; Muster takes deliveries of a number it doesn't know, too. */
function lineOf(channels: readonly ChannelView[], team: { id: Id; name: string }): Line {
  const channel = channels.find((one) => one.team?.id === team.id) ?? channels.find((one) => one.team === null);
  const phone_number_id = channel?.phoneNumberId ?? DEMO_NUMBER_ID;
  return { metadata: { display_phone_number: '12025550100', phone_number_id }, teamName: team.name };
}

async function demoAgents(muster: MusterApi, courier: Courier, adminEmail: string): Promise<DemoAgent[]> {
  const agents: DemoAgent[] = [];
  const list = (params: { cursor?: string }) =>
    courier.send(() => muster.agents.list({ ...params, status: 'active', limit: 200 }));
  for await (const agent of everyPage(list, {})) {
    if (agent.email.endsWith(DEMO_MAIL) && agent.email !== adminEmail.toLowerCase()) agents.push(demoAgent(agent));
  }
  return agents;
}

function demoAgent({ id, email, team, load }: AgentView): DemoAgent {
  return { id, email, team, capacity: load.capacity };
}
