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
import { type Delivery, readDelivery, type WhatsAppMessage } from './whatsapp-payload.js';
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
    const outcomes = await this.writer.record(await this.toRows(delivery.messages));
    for (const outcome of outcomes) this.counter.inc({ outcome });
  }

  private noteSkipped({ skipped }: Delivery): void {
    for (const reason of skipped) this.counter.inc({ outcome: `skipped_${reason}` });
    const malformed = skipped.filter((reason) => reason === 'malformed').length;
    if (malformed > 0) this.logger.warn({ malformed }, 'parts of a WhatsApp delivery could not be understood');
  }

  private async toRows(messages: WhatsAppMessage[]): Promise<MessageRow[]> {
    if (messages.length === 0) return [];
    const numbers = new Set(messages.flatMap(({ phoneNumberId }) => phoneNumberId ?? []));
    const destinations = await findDestinations(this.database.pool, [...numbers]);
    const fallback = destinations.get(null);
    return messages.map((message) => {
      const destination = destinations.get(message.phoneNumberId) ?? fallback;
      if (!destination) throw new ProblemException('database_unavailable', 'There is no workspace yet; try again.');
      return this.toRow(message, destination);
    });
  }

  private toRow(message: WhatsAppMessage, { workspaceId, teamId }: Destination): MessageRow {
    const { id, direction, at, phone, userId, name } = message;
    const cipher = phone && this.vault.seal('phone', workspaceId, phone);
    return {
      workspace_id: workspaceId,
      id,
      direction,
      at: new Date(at).toISOString(),
      phone_index: hex(this.vault.index(workspaceId, phone ?? `whatsapp:${userId}`)),
      phone_cipher: cipher && hex(cipher),
      name,
      contact_id: newId(),
      conversation_id: newId(),
      team_id: teamId,
    };
  }
}

/** Bytes as PostgreSQL reads them from text. */
function hex(bytes: Buffer): string {
  return `\\x${bytes.toString('hex')}`;
}
