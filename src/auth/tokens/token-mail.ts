import type { Mail } from '../../platform/mail/mailer.js';
import type { TokenKind } from './token.queries.js';

/** What a mail with a token is made of. */
export interface TokenMail {
  kind: TokenKind;
  /** Whom it is for. */
  name: string;
  email: string;
  workspace: string;
  secret: string;
  expiresAt: Date;
  /** Where people reach Muster. */
  publicUrl: string;
}

const WORDS = {
  invitation: {
    subject: (workspace: string) => `You are invited to ${workspace} on Muster`,
    why: (workspace: string) => `You are invited to ${workspace} on Muster. Choose a password to log in with:`,
    otherwise: 'If you did not expect this, there is nothing to do.',
  },
  reset: {
    subject: (workspace: string) => `Your new password for ${workspace} on Muster`,
    why: (workspace: string) => `Somebody, you we hope, wants to set a new password for ${workspace} on Muster:`,
    otherwise: 'If it was not you, there is nothing to do: your password stays as it is.',
  },
} as const;

/** The mail that brings a token, as plain text and as simple HTML. */
export function tokenMail(mail: TokenMail): Mail {
  const { kind, name, email, workspace } = mail;
  const { subject, why, otherwise } = WORDS[kind];
  const link = linkOf(mail);
  const until = `It works once, until ${mail.expiresAt.toISOString().slice(0, 16).replace('T', ' ')} UTC.`;
  const lines = [`Hello ${oneLine(name)},`, why(oneLine(workspace)), link, until, otherwise];
  const paragraphs = lines.map((line) =>
    line === link ? `<a href="${escaped(link)}">${escaped(link)}</a>` : escaped(line),
  );
  return {
    to: email,
    subject: subject(oneLine(workspace)),
    text: `${lines.join('\n\n')}\n`,
    html: `<!doctype html><html><body>${paragraphs.map((text) => `<p>${text}</p>`).join('')}</body></html>`,
  };
}

/** The secret is in the fragment, which browsers send to nobody. */
function linkOf({ kind, publicUrl, secret }: TokenMail): string {
  return `${publicUrl}/console/#${kind}=${secret}`;
}

/** A name with line breaks could write a mail of its own. */
function oneLine(text: string): string {
  return text.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim();
}

function escaped(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? character);
}
