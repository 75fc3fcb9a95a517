/**
 * The way out for mail: an SMTP server, or the standard output for trying things out.
 *
 * Who calls: whoever has a mail to send, outside of any transaction and of any request. Guaranteed: `send` resolves
 * once the server has taken the mail, and gives up within seconds; while the server doesn't answer, later mails are not
 * even tried for a while. Must never happen: an address or a text in a log, or in the message of an error.
 */
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { createTransport, type Transporter } from 'nodemailer';
import { Clock } from '../clock.js';
import { Config } from '../config/config.js';

export interface Mail {
  to: string;
  subject: string;
  text: string;
  html: string;
}

/** The mail was not taken. The message names only codes: what servers say repeats addresses. */
export class MailError extends Error {
  constructor(
    message: string,
    /** Whether the server will never take it, so that trying again is no use. */
    readonly isFinal: boolean,
  ) {
    super(message);
    this.name = 'MailError';
  }
}

const PATIENCE = { connectionTimeout: 5_000, greetingTimeout: 5_000, socketTimeout: 10_000, dnsTimeout: 5_000 };
const LEFT_ALONE_MS = 10_000;
/** Errors of the connection, not of the mail. */
const UNREACHABLE = new Set(['ECONNECTION', 'ECONNREFUSED', 'ETIMEDOUT', 'ESOCKET', 'EDNS', 'EAUTH', 'ETLS']);

@Injectable()
export class Mailer implements OnApplicationShutdown {
  private readonly transport: Transporter | null;
  private leftAloneUntil = 0;

  constructor(
    private readonly config: Config,
    private readonly clock: Clock,
  ) {
    const { smtpUrl } = config;
    this.transport = smtpUrl?.startsWith('smtp') ? createTransport({ url: smtpUrl, ...PATIENCE }) : null;
  }

  /** Whether mails reach people. Otherwise a secret is given to the administrator instead. */
  get reachesPeople(): boolean {
    return this.transport !== null;
  }

  /** Whether `send` does anything. */
  get isConfigured(): boolean {
    return this.config.smtpUrl !== null;
  }

  /** Throws `MailError`. */
  async send(mail: Mail): Promise<void> {
    if (!this.transport) return this.print(mail);
    if (this.clock.now() < this.leftAloneUntil) throw new MailError('the mail server did not answer just now', false);
    try {
      await this.transport.sendMail({ from: this.config.mailFrom, ...mail });
    } catch (error) {
      throw this.judge(error);
    }
  }

  onApplicationShutdown(): void {
    this.transport?.close();
  }

  private print({ to, subject, text }: Mail): void {
    if (this.isConfigured) process.stdout.write(`mail to ${to}: ${subject}\n${text}\n`);
  }

  private judge(error: unknown): MailError {
    const { code = 'unknown', responseCode } = error as { code?: string; responseCode?: number };
    if (UNREACHABLE.has(code)) this.leftAloneUntil = this.clock.now() + LEFT_ALONE_MS;
    const isFinal = code === 'EENVELOPE' && (responseCode ?? 0) >= 500;
    return new MailError(`the mail server refused (${code}${responseCode ? ` ${responseCode}` : ''})`, isFinal);
  }
}
