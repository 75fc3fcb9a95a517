/**
 * Takes Meta's deliveries.
 *
 * Guaranteed: a delivery is answered with success only when everything in it that counts is durable; one that isn't
 * signed with the app's secret is refused before anything of it is read. Must never happen: a customer's number, a
 * message's id (it contains the number) or a text in a log or an error.
 */
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Clock } from '../platform/clock.js';
import { Config } from '../platform/config/config.js';
import { Database } from '../platform/database/database.js';
import { invalid, ProblemException } from '../platform/errors/problem.exception.js';
import { newId } from '../platform/ids.js';
import { Metrics } from '../platform/telemetry/metrics.js';
import { PhoneVault } from '../privacy/phone-vault.js';
import type { ContentRow, ReportRow } from './delivery.participants.js';
import type { Content } from './whatsapp-content.js';
import { type Delivery, readDelivery, type WhatsAppMessage, type WhatsAppReport } from './whatsapp-payload.js';
import { isSameSecret, isSignedBy } from './whatsapp-signature.js';
import { WhatsAppWriter } from './whatsapp-writer.js';
import { type Destination, findDestinations, type MessageRow } from './whatsapp.queries.js';

@Injectable()
export class WhatsAppService implements OnApplicationBootstrap {
  private readonly logger = new Logger('WhatsApp');
  private readonly counter;

  constructor(
    private readonly database: Database,
    private readonly writer: WhatsAppWriter,
    private readonly vault: PhoneVault,
    private readonly config: Config,
    private readonly clock: Clock,
    metrics: Metrics,
  ) {
    const help = "What WhatsApp's deliveries held, by what became of it";
    this.counter = metrics.counter('muster_whatsapp_items_total', help, ['outcome']);
  }

  onApplicationBootstrap(): void {
    if (this.config.whatsappAppSecret !== null) return;
    this.logger.warn('MUSTER_WHATSAPP_APP_SECRET is not set: every WhatsApp delivery is refused');
  }

  /** Whether Meta may subscribe with this token. Throws 403 `verify_token_invalid`. */
  requireVerifyToken(token: unknown): void {
    const expected = this.config.whatsappVerifyToken;
    if (expected !== null && typeof token === 'string' && isSameSecret(token, expected)) return;
    throw new ProblemException('verify_token_invalid', 'Enter the value of MUSTER_WHATSAPP_VERIFY_TOKEN at Meta.');
  }

  /** Whether the bytes come from our app at Meta. Throws 401 `signature_invalid`. */
  requireSignature(raw: Buffer | undefined, header: string | undefined): void {
    const secret = this.config.whatsappAppSecret;
    if (secret !== null && raw && isSignedBy(secret, raw, header)) return;
    throw new ProblemException('signature_invalid', "X-Hub-Signature-256 is not this body's under the app's secret.");
  }

  /** Records what a delivery holds. Throws 422 when it is no delivery, 503 when nothing can be stored now. */
  async receive(body: unknown): Promise<void> {
    const delivery = readDelivery(body, this.clock.now());
    if (!delivery) throw invalid('entry', 'is_array', 'A delivery has an array of entries.');
    this.noteSkipped(delivery);
    const { messages, reports } = delivery;
    const destinationOf = await this.destinations([...messages, ...reports]);
    const outcomes = await this.writer.record({
      messages: messages.map((message) => this.toRow(message, destinationOf(message))),
      reports: reports.map((report) => this.toReport(report, destinationOf(report))),
    });
    for (const outcome of outcomes) this.counter.inc({ outcome });
  }

  private noteSkipped({ skipped }: Delivery): void {
    for (const reason of skipped) this.counter.inc({ outcome: `skipped_${reason}` });
    const malformed = skipped.filter((reason) => reason === 'malformed').length;
    if (malformed > 0) this.logger.warn({ malformed }, 'parts of a WhatsApp delivery could not be understood');
  }

  private async destinations(lines: ToLine[]): Promise<(line: ToLine) => Destination> {
    const numbers = new Set(lines.flatMap(({ phoneNumberId }) => phoneNumberId ?? []));
    const destinations = lines.length > 0 ? await findDestinations(this.database.pool, [...numbers]) : new Map();
    return ({ phoneNumberId }) => {
      const destination = destinations.get(phoneNumberId) ?? destinations.get(null);
      if (!destination) throw new ProblemException('database_unavailable', 'There is no workspace yet; try again.');
      return destination;
    };
  }

  private toReport({ id, reference, status, at, whatsappCode }: WhatsAppReport, to: Destination): ReportRow {
    return {
      workspace_id: to.workspaceId,
      id: this.vault.interactionKey(to.workspaceId, id),
      wamid_index: hex(this.vault.wamidIndex(to.workspaceId, id)),
      reference,
      status,
      at: new Date(at).toISOString(),
      whatsapp_code: whatsappCode,
    };
  }

  private toContent(id: string, { kind, text }: Content, { workspaceId, channelId }: Destination): ContentRow {
    return {
      message_id: newId(),
      wamid_index: hex(this.vault.wamidIndex(workspaceId, id)),
      channel_id: channelId,
      kind,
      body_cipher: text === null ? null : hex(this.vault.seal('message', workspaceId, text)),
    };
  }

  private toRow(message: WhatsAppMessage, destination: Destination): MessageRow {
    const { id, direction, at, phone, userId, name, content } = message;
    const { workspaceId, teamId } = destination;
    const cipher = phone && this.vault.seal('phone', workspaceId, phone);
    const user = userId && this.vault.seal('whatsapp-user', workspaceId, userId);
    return {
      workspace_id: workspaceId,
      id: this.vault.interactionKey(workspaceId, id),
      direction,
      at: new Date(at).toISOString(),
      phone_index: hex(this.vault.index(workspaceId, phone ?? `whatsapp:${userId}`)),
      phone_cipher: cipher && hex(cipher),
      user_index: userId && hex(this.vault.index(workspaceId, `whatsapp:${userId}`)),
      user_cipher: user && hex(user),
      name,
      contact_id: newId(),
      conversation_id: newId(),
      team_id: teamId,
      content: content && this.toContent(id, content, destination),
    };
  }
}

/** Something about a number of ours. */
type ToLine = Pick<WhatsAppMessage, 'phoneNumberId'>;

/** Bytes as PostgreSQL reads them from text. */
function hex(bytes: Buffer): string {
  return `\\x${bytes.toString('hex')}`;
}
