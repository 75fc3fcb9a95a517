import type { ConversationView } from '#contracts';
import type { ChatRef, Intent, MessageStatus } from '../floor/intents.js';
import type { Simulation } from '../floor/simulation.js';
import { Random } from '../random.js';
import type { FakeCloudApi } from '../whatsapp/fake-cloud-api.js';
import { type Line, PhoneLine } from '../whatsapp/phone-line.js';
import { Answers } from './answers.js';
import { Conversations } from './conversations.js';
import type { TrafficCounts } from './counts.js';
import type { Courier } from './courier.js';
import { Desks } from './desks.js';
import { Directory } from './directory.js';
import { Reconciler } from './reconciler.js';
import { Replies } from './replies.js';
import { WebhookSender } from './webhook-sender.js';
import type { DemoAgent, Workplace } from './workplace.js';

/** What carrying out intents needs. */
export interface ActorsParts {
  url: string;
  password: string;
  appSecret: string;
  seed: number | string;
  workplace: Workplace;
  api: FakeCloudApi;
  simulation: Simulation;
  courier: Courier;
  counts: TrafficCounts;
  signal: AbortSignal;
  onError: (error: unknown) => void;
  /** One agent can't do something: no reason to stop the others. */
  onDeskError: (error: unknown) => void;
}

/** Carries out what the simulation intends: customers through WhatsApp, agents through the API and their tabs. */
export class Actors {
  readonly desks: Desks;
  readonly reconciler: Reconciler;
  private readonly phone: PhoneLine;
  private readonly webhook: WebhookSender;
  private readonly replies: Replies;
  /** Null where Muster can't send to the demo's WhatsApp. */
  private readonly answers: Answers | null;
  private readonly directory: Directory;
  private readonly conversations: Conversations;
  private readonly teams = new Map<string, string>();

  constructor(private readonly parts: ActorsParts) {
    const { url, password, appSecret, workplace, simulation, courier, counts, onError } = parts;
    const random = new Random(parts.seed);
    this.phone = new PhoneLine(random.fork('phone'), Date.now().toString(36));
    this.webhook = new WebhookSender(url, appSecret, courier, random.fork('webhook'), counts, onError);
    this.replies = new Replies(workplace.muster, courier, counts, onError);
    this.directory = new Directory(workplace.muster, courier, parts.signal);
    this.conversations = new Conversations({ ...parts, muster: workplace.muster, directory: this.directory });
    const onRefused = (agentId: string): void => simulation.dismissed(agentId);
    this.desks = new Desks({ url, password, courier, onRefused, onError: parts.onDeskError });
    const sendAs = this.desks.answer.bind(this.desks);
    const answers = { api: parts.api, sendAs, random: random.fork('answers'), counts, onError: parts.onDeskError };
    this.answers = workplace.sends ? new Answers(answers) : null;
    const { directory, conversations } = this;
    const close = (conversation: ConversationView): void => this.close(conversation);
    this.reconciler = new Reconciler({ directory, simulation, conversations, close });
  }

  /** Who works here now. */
  know(agents: readonly DemoAgent[]): void {
    for (const { team } of agents) this.teams.set(team.id, team.name);
    this.desks.know(agents);
  }

  act(intent: Intent): void {
    switch (intent.kind) {
      case 'customer.writes':
        if (intent.first) this.directory.add(intent.chat);
        return this.webhook.add(this.phone.message(this.line(intent.chat), intent.chat, intent.first));
      case 'agent.writes':
        return this.reply(intent.chat, intent.agentId, intent.message);
      case 'message.status':
        return this.report(intent.chat, intent.message, intent.status);
      case 'chat.resolve':
        this.phone.forget(intent.chat);
        this.answers?.forget(intent.chat);
        return this.conversations.act(intent);
      case 'chat.assign':
      case 'chat.release':
        return this.conversations.act(intent);
      default:
        return this.desks.act(intent);
    }
  }

  /** Sends what was collected since. */
  flush(): void {
    this.webhook.flush();
    this.replies.flush();
  }

  private reply(chat: ChatRef, agentId: string, message: number): void {
    const id = this.directory.get(chat.id)?.id;
    if (this.answers) {
      if (id) this.answers.add(chat, message, agentId, id);
      return;
    }
    const wamid = this.phone.answer(chat, message);
    if (id) this.replies.add(wamid, id, agentId);
  }

  /** Of what WhatsApp has not taken yet, nothing can be reported. */
  private report(chat: ChatRef, message: number, status: MessageStatus): void {
    const taken = this.answers?.takenOf(chat, message);
    if (this.answers && !taken) return;
    if (taken) this.phone.answered(chat, taken);
    this.webhook.add(this.phone.status(this.line(chat), chat, message, status, taken));
  }

  private line({ teamId }: ChatRef): Line {
    return this.parts.workplace.lineOf({ id: teamId, name: this.teams.get(teamId) ?? '' });
  }

  private close({ id }: ConversationView): void {
    const { courier, workplace, counts, onError } = this.parts;
    courier.send(() => workplace.muster.conversations.resolve(id)).then(() => void (counts.resolved += 1), onError);
  }
}
