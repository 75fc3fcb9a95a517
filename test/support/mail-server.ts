import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { eventually } from './eventually.js';

/** A mail as it came. */
export interface ReceivedMail {
  to: string;
  raw: string;
}

/** A real SMTP server that a test can make refuse. */
export class MailServer {
  readonly mails: ReceivedMail[] = [];
  /** How many mails were refused. */
  refused = 0;
  /** The SMTP code with which recipients are refused; null: none is. */
  refuseWith: number | null = null;
  private readonly server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onRcptTo: ({ address }, _session, done) => {
      if (this.refuseWith === null) return done();
      this.refused++;
      const refusal = new Error(`<${address}> is refused`);
      done(Object.assign(refusal, { responseCode: this.refuseWith }));
    },
    onData: (stream, { envelope }, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const raw = Buffer.concat(chunks).toString();
        for (const { address } of envelope.rcptTo) this.mails.push({ to: address, raw });
        done();
      });
    },
  });

  static async start(): Promise<MailServer> {
    const mail = new MailServer();
    const server = mail.server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return mail;
  }

  get url(): string {
    const { port } = this.server.server.address() as AddressInfo;
    return `smtp://127.0.0.1:${port}`;
  }

  /** The newest mail to the address, once there are `count`. */
  async newest(to: string, count = 1): Promise<string> {
    const found = await eventually(
      () => this.mails.filter((mail) => mail.to === to),
      (mails) => mails.length >= count,
    );
    return decoded(found.at(-1)?.raw ?? '');
  }

  stop(): Promise<void> {
    return new Promise((resolve) => this.server.close(resolve));
  }
}

/** The secret of the link in a mail. */
export function secretIn(mail: string): string {
  const secret = /console\/#(?:invitation|reset)=([\w-]{43})/.exec(mail)?.[1];
  if (secret) return secret;
  throw new Error('The mail has no link.');
}

/** Without the line breaks and escapes of quoted-printable. */
function decoded(raw: string): string {
  return raw
    .replaceAll(/=\r?\n/g, '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}
