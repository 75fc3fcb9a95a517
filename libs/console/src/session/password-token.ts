/** What came with a mail's link, or an administrator's: `#invitation=…` or `#reset=…`. */
export interface PasswordToken {
  kind: 'invitation' | 'reset';
  token: string;
}

/** The token that an address carries behind its `#`; null: none. */
export function readToken(hash: string): PasswordToken | null {
  const found = /^#(invitation|reset)=([\w-]{1,200})$/.exec(hash);
  if (!found?.[2]) return null;
  return { kind: found[1] === 'reset' ? 'reset' : 'invitation', token: found[2] };
}

/** The token in the address, which is taken out of it: it must not stay in the history or be copied along. */
export function takeToken(): PasswordToken | null {
  const token = readToken(location.hash);
  if (token) history.replaceState(null, '', location.pathname);
  return token;
}
