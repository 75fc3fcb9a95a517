/** Two nodes beside a Chatwoot that delivers to them what happens there. */
import { deepEqual } from 'node:assert/strict';
import pg from 'pg';
import type { MusterApi } from '#client';
import type { AgentView, ChatwootAccountWithPath, ConversationView, TeamView } from '#contracts';
import { startNodes, type TestInstallation } from '../nodes.js';
import { createAgent, createTeam } from '../people.js';
import {
  type ChatwootVersion,
  type Conversation,
  conversationEvent,
  type Message,
  messageEvent,
  signed,
  type User,
} from './deliveries.js';

/** With which Chatwoot signs. */
export const SECRET = 'a-secret-that-chatwoot-made';

/** Ready once `start` has resolved. */
export class ChatwootSite {
  installation!: TestInstallation;
  database!: pg.Pool;
  admin!: MusterApi;
  /** Whose the conversations become; each of its agents may have one. */
  team!: TeamView;
  account!: ChatwootAccountWithPath;
  private numbers = 0;

  async start(): Promise<void> {
    this.installation = await startNodes(2);
    this.database = new pg.Pool({ connectionString: this.installation.databaseUrl, max: 2 });
    this.admin = await this.installation.admin();
    this.team = await createTeam(this.admin, ['inbox.read', 'inbox.reply'], { capacity: 1 });
    const request = { name: 'Support', accountId: 1, teamId: this.team.id, secrets: [SECRET] };
    this.account = await this.admin.chatwootAccounts.create(request);
  }

  async stop(): Promise<void> {
    await this.database.end();
    await this.installation.stop();
  }

  /** The time of the nodes. */
  now(): number {
    return this.installation.clock.now();
  }

  /** A number that was not given before. */
  next(): number {
    return ++this.numbers;
  }

  post(body: string, headers: Record<string, string>, path = this.account.path, node = 0): Promise<Response> {
    return fetch(`${this.installation.nodes[node]?.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
    });
  }

  /** Delivers as Chatwoot does, and expects success. */
  async deliver(event: Record<string, unknown>, node = 0): Promise<void> {
    const body = JSON.stringify(event);
    const answer = await this.post(body, signed(body, SECRET, this.now()), this.account.path.split('?')[0], node);
    deepEqual([answer.status, await answer.text()], [200, '']);
  }

  /** A conversation of a customer of its own. */
  somebody(): Conversation & { id: number } {
    const id = this.next();
    return { id, customer: { id: 1_000 + id, name: 'Rui Costa', phone_number: `+3519${String(10_000_000 + id)}` } };
  }

  async find(id: number, api = this.admin): Promise<ConversationView | undefined> {
    const { data } = await api.conversations.list({ limit: 200 });
    return data.find(({ externalId }) => externalId === `chatwoot:1:${id}`);
  }

  /** A user there whose e-mail is an agent's here. */
  async makeUser(): Promise<{ agent: AgentView; user: User }> {
    const agent = await createAgent(this.admin, this.team);
    return { agent, user: { id: 100 + this.next(), name: agent.name, email: agent.email } };
  }

  /** A user whose agent was named. */
  async makeNamed(): Promise<{ agent: AgentView; user: User }> {
    const made = await this.makeUser();
    const users = [{ userId: made.user.id, email: made.user.email }];
    await this.admin.chatwootAccounts.update(this.account.id, { users });
    return made;
  }

  update(conversation: Conversation, version: ChatwootVersion = '4.13') {
    return conversationEvent(version, 'conversation_updated', { changedAt: this.now(), ...conversation });
  }

  message(told: Omit<Message, 'id'>, conversation: Conversation, version: ChatwootVersion = '4.13') {
    const said = { id: this.next(), at: this.now(), ...told };
    return messageEvent(version, said, { changedAt: this.now(), ...conversation });
  }
}
