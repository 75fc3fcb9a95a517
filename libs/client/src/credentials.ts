/**
 * Whom the client speaks as: a signed-in session that renews itself, or a fixed access token or API key.
 *
 * Guarantees: one renewal at a time, in this client and — when the store offers `exclusively` — in all that share
 * the store. Must never happen: the same refresh token sent twice after an answer, which ends the whole session.
 */
import type { LoginAnswer } from '#contracts';
import { isTransient, MusterProblem } from './errors.js';

/** A signed-in session, as it is kept. */
export interface Session {
  accessToken: string;
  refreshToken: string;
  /** From when the access token is renewed, in milliseconds since 1970: before it expires. */
  renewAt: number;
}

/** Where a session is kept. In memory unless the application offers another place. */
export interface SessionStore {
  read(): Session | null;
  write(session: Session | null): void;
  /** Runs `work` while nobody else who shares the store does; needed where several may renew, as browser tabs. */
  exclusively?<T>(work: () => Promise<T>): Promise<T>;
}

/** Exchanges a refresh token. */
export type Refresh = (refreshToken: string) => Promise<LoginAnswer>;

/** The share of its life after which an access token is renewed. */
const RENEW_AFTER = 0.8;

/** Keeps a session in memory. */
export function memoryStore(): SessionStore {
  let kept: Session | null = null;
  return {
    read: () => kept,
    write: (session) => {
      kept = session;
    },
  };
}

export class Credentials {
  private renewing: Promise<string> | null = null;

  constructor(
    private readonly fixed: string | null,
    private readonly store: SessionStore,
    private readonly refresh: Refresh,
  ) {}

  /** Whether a token that has expired can be replaced. */
  get renewable(): boolean {
    return this.fixed === null && this.store.read() !== null;
  }

  /** When the token is due for renewal, in milliseconds from now; null when it can't be renewed. */
  get dueInMs(): number | null {
    const session = this.fixed === null ? this.store.read() : null;
    return session && Math.max(0, session.renewAt - Date.now());
  }

  /** The token to send now, renewed when it is due; null when nobody is signed in. */
  async bearer(): Promise<string | null> {
    if (this.fixed !== null) return this.fixed;
    const session = this.store.read();
    if (!session || Date.now() < session.renewAt) return session?.accessToken ?? null;
    return this.renew(session.accessToken).catch((error: unknown) => {
      if (isTransient(error)) return session.accessToken;
      throw error;
    });
  }

  /** Replaces `stale`, by default the token held, unless somebody has done so already. */
  renew(stale = this.store.read()?.accessToken ?? ''): Promise<string> {
    this.renewing ??= this.guarded(() => this.replace(stale)).finally(() => {
      this.renewing = null;
    });
    return this.renewing;
  }

  /** Takes over what a login or a refresh answered. */
  adopt(answer: LoginAnswer): void {
    const renewAt = Date.now() + answer.expiresIn * 1000 * RENEW_AFTER;
    this.store.write({ accessToken: answer.accessToken, refreshToken: answer.refreshToken, renewAt });
  }

  /** Forgets the session and gives its token, good for one last call. */
  async surrender(): Promise<string | null> {
    const token = await this.bearer();
    // Somebody may have signed in meanwhile; that session stays.
    if (this.store.read()?.accessToken === token) this.store.write(null);
    return token;
  }

  private guarded(work: () => Promise<string>): Promise<string> {
    return this.store.exclusively ? this.store.exclusively(work) : work();
  }

  private async replace(stale: string): Promise<string> {
    const session = this.store.read();
    if (!session) throw signedOut();
    if (session.accessToken !== stale) return session.accessToken;
    try {
      const answer = await this.refresh(session.refreshToken);
      this.adopt(answer);
      return answer.accessToken;
    } catch (error) {
      if (!isTransient(error)) this.store.write(null);
      throw error;
    }
  }
}

/** What a call answers that needs somebody signed in. */
export function signedOut(): MusterProblem {
  return new MusterProblem({
    type: 'about:blank',
    title: 'Unauthorized',
    status: 401,
    detail: 'Nobody is signed in: call auth.login() or give a token.',
    code: 'unauthenticated',
    requestId: '',
    retryable: false,
    errors: [],
  });
}
