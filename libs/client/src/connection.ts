/**
 * A live connection to one namespace: connects, reconnects, keeps its token fresh and hands frames to its views.
 * Made by dashboard.ts and inbox.ts.
 *
 * Guarantees: it ends only when the server's code says that coming back is pointless, or when the application
 * closes it; everything else is retried, with pauses that differ from client to client.
 */
import { type Ack, STALE_AFTER_MS } from '#contracts';
import { Backoff, type Clock } from './clock.js';
import { type Credentials, signedOut } from './credentials.js';
import type { ViewPosition } from './delta.js';
import { type Closure, isTransient, MusterProblem, MusterUnreachable, waitOf } from './errors.js';
import { type Follower, type Link, LiveView, type Named, type Topic } from './live-view.js';
import { type LiveState, Observable } from './observable.js';
import { keepFresh } from './renewal.js';
import type { DownCause, OpenWire, Wire } from './wire.js';

/** The body of event `E` of an event map. */
export type EventBody<M, E extends keyof M> = M[E] extends (body: infer B, ...rest: never[]) => void ? B : never;
/** What event `E` is acknowledged with. */
export type EventAnswer<M, E extends keyof M> = M[E] extends (body: never, ack: (answer: Ack<infer D>) => void) => void
  ? D
  : never;

/** What a connection is made of. */
export interface ConnectionParts {
  url: string;
  namespace: '/dashboard' | '/inbox';
  credentials: Credentials;
  openWire: OpenWire;
  clock: Clock;
  random: () => number;
}

/** A connection that lived this long was a good one: the next loss is retried soon. */
const GOOD_AFTER_MS = 5_000;

export class LiveConnection<Client, Server> extends Observable<LiveState> {
  private readonly followers = new Set<Follower>();
  private readonly handlers = new Map<string, Set<(body: never) => void>>();
  private readonly backoff: Backoff;
  private wire: Wire | null = null;
  private upAt: number | null = null;
  private callOffRetry: () => void = () => {};
  private callOffRenewal: () => void = () => {};
  private callOffStale: () => void = () => {};

  constructor(private readonly parts: ConnectionParts) {
    super(parts.clock, { status: 'connecting', closure: null });
    this.backoff = new Backoff(1_000, 5_000, parts.random);
    void this.connect();
  }

  /** Calls `listener` for every event of this name; the answer ends that. */
  on<E extends keyof Server & string>(event: E, listener: (body: EventBody<Server, E>) => void): () => void {
    const handlers = this.handlers.get(event) ?? new Set();
    this.handlers.set(event, handlers.add(listener));
    return () => handlers.delete(listener);
  }

  /** Sends an event once the connection is up and waits for its acknowledgement. */
  async request<E extends keyof Client & string>(
    event: E,
    body: EventBody<Client, E>,
  ): Promise<EventAnswer<Client, E>> {
    await this.until((state) => state.status === 'live');
    if (!this.wire) throw new MusterUnreachable('The live connection is down');
    return (await this.wire.request(event, body)) as EventAnswer<Client, E>;
  }

  /** Starts a subscription that lives as long as the connection, or until it is closed. */
  follow<View extends ViewPosition, Answer extends ViewPosition & Named, Delta extends Named>(
    topic: Omit<Topic<View, Answer, Delta>, 'clock' | 'random'>,
  ): LiveView<View, Answer, Delta> {
    const { clock, random } = this.parts;
    const view = new LiveView<View, Answer, Delta>({ ...topic, clock, random }, () => this.followers.delete(view));
    this.followers.add(view);
    if (this.current.closure) view.end(this.current.closure);
    else if (this.wire && this.current.status === 'live') view.attach(this.linkOf(this.wire));
    return view;
  }

  /** Ends the connection and all its views. */
  close(): void {
    const { wire } = this;
    this.end({ code: 'closed_by_client', reason: 'The connection was closed' });
    wire?.close();
  }

  /** Ends it without a word, as a lost network would: the server keeps its grace. For tests and demonstrations. */
  abandon(): void {
    const { wire } = this;
    this.end({ code: 'closed_by_client', reason: 'The connection was abandoned' });
    wire?.drop();
  }

  private async connect(): Promise<void> {
    try {
      const token = await this.parts.credentials.bearer();
      if (this.current.closure) return;
      if (token === null) throw signedOut();
      this.wire = this.open(token);
    } catch (error) {
      if (isTransient(error)) this.retry(error instanceof MusterProblem ? (error.retryAfterMs ?? 0) : 0);
      else this.end(closureOfError(error));
    }
  }

  private open(token: string): Wire {
    const { url, namespace, openWire } = this.parts;
    return openWire(url, namespace, token, {
      onUp: () => this.up(),
      onEvent: (event, body) => this.dispatch(event, body),
      onDown: (cause) => void this.down(cause),
    });
  }

  private up(): void {
    if (!this.wire) return;
    this.upAt = this.clock.now();
    this.callOffStale();
    this.become({ status: 'live', closure: null });
    this.callOffRenewal = keepFresh(this.wire, this.parts.credentials, this.clock);
    for (const follower of this.followers) follower.attach(this.linkOf(this.wire));
  }

  private dispatch(event: string, body: unknown): void {
    for (const listener of this.handlers.get(event) ?? []) listener(body as never);
    if (isNamed(body)) for (const follower of this.followers) follower.receive(event, body);
  }

  private async down(cause: DownCause): Promise<void> {
    const token = this.wire?.token ?? '';
    this.wire = null;
    this.callOffRenewal();
    this.doubt();
    for (const follower of this.followers) follower.detach();
    if (cause?.code === 'token_expired' && this.parts.credentials.renewable) await this.renew(token);
    else if (cause && !cause.retryable) this.end(closureOfCause(cause));
    if (!this.current.closure) this.retry((cause && 'retryAfter' in cause && waitOf(cause)) || 0);
  }

  private async renew(expired: string): Promise<void> {
    try {
      await this.parts.credentials.renew(expired);
    } catch (error) {
      if (!isTransient(error)) this.end(closureOfError(error));
    }
  }

  /** Muster knows best when it has time for us: never sooner, and not all of us at that moment. */
  private retry(notBeforeMs: number): void {
    if (this.upAt !== null && this.clock.now() - this.upAt > GOOD_AFTER_MS) this.backoff.reset();
    this.upAt = null;
    this.callOffRetry = this.clock.after(notBeforeMs + this.backoff.next(), () => void this.connect());
  }

  private doubt(): void {
    if (this.current.status !== 'live') return;
    this.become({ status: 'resuming', closure: null });
    this.callOffStale = this.clock.after(STALE_AFTER_MS, () => this.become({ status: 'stale', closure: null }));
  }

  private end(closure: Closure): void {
    if (this.current.closure) return;
    this.wire = null;
    this.callOffRetry();
    this.callOffRenewal();
    this.callOffStale();
    this.become({ status: 'closed', closure });
    for (const follower of this.followers) follower.end(closure);
  }

  private linkOf(wire: Wire): Link {
    return {
      request: (event, body) => wire.request(event, body),
      release: (subscription) => this.release(subscription),
      drop: () => {
        if (wire !== this.wire) return;
        wire.drop();
        void this.down(null);
      },
    };
  }

  /** Views of the same audience share a subscription: it ends with the last of them. */
  private release(subscription: string): void {
    if ([...this.followers].some((follower) => follower.holds(subscription))) return;
    this.wire?.request('unsubscribe', { subscription }).catch(() => {
      // A subscription that could not be ended ends with its socket.
    });
  }
}

function isNamed(body: unknown): body is Named {
  return typeof body === 'object' && body !== null && typeof (body as Partial<Named>).subscription === 'string';
}

function closureOfCause(cause: NonNullable<DownCause>): Closure {
  return { code: cause.code, reason: 'detail' in cause ? cause.detail : cause.reason };
}

function closureOfError(error: unknown): Closure {
  if (error instanceof MusterProblem) return { code: error.code, reason: error.problem.detail };
  return { code: 'internal_error', reason: error instanceof Error ? error.message : String(error) };
}
