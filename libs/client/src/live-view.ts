/**
 * One subscription: a snapshot kept current by deltas. Driven by connection.ts (attach, detach, receive, end);
 * read by applications through `current`, `subscribe` and `until`.
 *
 * Guarantees: `live` means that the view equals the server's state at its offset and was heard of less than ten
 * seconds ago. Anything else — a gap, another epoch, silence, a lost connection — says so at once and repairs
 * itself by subscribing again from the offset that is held. Must never happen: a frame of a subscription that was
 * given up changes the view.
 */
import type { Position } from '#contracts';
import { STALE_AFTER_MS } from '#contracts';
import { Backoff, type Clock } from './clock.js';
import { type Applied, confirm, type Reducer, type ViewPosition } from './delta.js';
import { type Closure, isTransient, MusterProblem } from './errors.js';
import { type LiveState, Observable } from './observable.js';

/** A view with what it is worth. */
export interface ViewState<View> extends LiveState {
  /** The data at their last good offset; null before the first snapshot and after the end. */
  readonly view: View | null;
}

/** What a view needs of its connection while that is up. */
export interface Link {
  request(event: string, body: unknown): Promise<unknown>;
  /** The view has left this subscription. */
  release(subscription: string): void;
  /** The connection doesn't answer: give it up and make a new one. */
  drop(): void;
}

/** What is subscribed, and how its frames are read. */
export interface Topic<View, Answer, Delta> {
  /** The body of `subscribe`, without a position. */
  body: object;
  /** The events that are its deltas. */
  deltaEvents: readonly string[];
  reducer: Reducer<View, Answer, Delta>;
  clock: Clock;
  random: () => number;
}

/** Every frame names its subscription. */
export interface Named {
  subscription: string;
}

/** What a connection sees of its views. */
export type Follower = Pick<
  LiveView<ViewPosition, ViewPosition & Named, Named>,
  'attach' | 'detach' | 'receive' | 'end' | 'holds'
>;

/** Frames that arrive before the answer to our subscribe are kept up to this number. */
const EARLY_LIMIT = 1_000;
/** So long after it woke, a client has read what had come. */
const AWAKE_AFTER_MS = 250;

export class LiveView<
  View extends ViewPosition,
  Answer extends ViewPosition & Named,
  Delta extends Named,
> extends Observable<ViewState<View>> {
  private readonly backoff: Backoff;
  private link: Link | null = null;
  /** The audience's name at the server, from the last answer on this connection. */
  private subscription: string | null = null;
  /** Whether frames of `subscription` continue the view. */
  private following = false;
  /** Frames since our subscribe was sent; null when none is under way. */
  private early: Delta[] | null = null;
  private resumable = true;
  private heardAt: number;
  private callOffAsking: (() => void) | null = null;
  private callOffSilence: () => void = () => {};

  constructor(
    private readonly topic: Topic<View, Answer, Delta>,
    private readonly onClose: () => void,
  ) {
    super(topic.clock, { status: 'connecting', view: null, closure: null });
    this.backoff = new Backoff(500, 5_000, topic.random);
    this.heardAt = topic.clock.now();
  }

  /** Whether the server sends this view the frames of `subscription`. */
  holds(subscription: string): boolean {
    return this.subscription === subscription;
  }

  /** Milliseconds since the view was last known to be current. */
  get ageMs(): number {
    return this.clock.now() - this.heardAt;
  }

  /** Ends the subscription. */
  close(): void {
    this.end({ code: 'closed_by_client', reason: 'The view was closed' });
  }

  /** The connection is up. */
  attach(link: Link): void {
    if (this.current.closure) return;
    this.link = link;
    void this.ask();
  }

  /** The connection is down. */
  detach(): void {
    this.leave();
    this.link = null;
    this.subscription = null;
    this.doubt();
  }

  /** A frame arrived on the connection; frames of other subscriptions among them. */
  receive(event: string, body: Named): void {
    const isDelta = this.topic.deltaEvents.includes(event);
    if (isDelta && this.early) this.keepEarly(body as Delta);
    else if (!this.following || body.subscription !== this.subscription) return;
    else if (isDelta) this.take((view) => this.topic.reducer.apply(view, body as Delta));
    else if (event === 'heartbeat') this.take((view) => confirm(view, body as Named & ViewPosition));
    else if (event === 'resync') this.askLater();
  }

  /** It is over: the caller may not see this any more, or does not want to. */
  end(closure: Closure): void {
    if (this.current.closure) return;
    const { link, subscription } = this;
    this.leave();
    this.callOffSilence();
    this.link = null;
    this.subscription = null;
    this.become({ status: 'closed', view: null, closure });
    this.onClose();
    if (link && subscription) link.release(subscription);
  }

  private async ask(): Promise<void> {
    const link = this.link;
    if (!link || this.early) return;
    this.leave();
    const early: Delta[] = (this.early = []);
    try {
      const answer = (await link.request('subscribe', { ...this.topic.body, ...this.position() })) as Answer;
      if (this.early === early) this.begin(link, answer, early);
      else if (this.current.closure) link.release(answer.subscription);
    } catch (error) {
      if (this.early === early) this.refused(error);
    }
  }

  private begin(link: Link, answer: Answer, early: Delta[]): void {
    const { reducer } = this.topic;
    const former = this.subscription;
    let view: Applied<View> = reducer.start(this.current.view, answer);
    for (const delta of early) {
      if (delta.subscription === answer.subscription && view !== 'gap') view = reducer.apply(view, delta);
    }
    this.early = null;
    this.subscription = answer.subscription;
    this.following = true;
    if (former && former !== answer.subscription) link.release(former);
    this.resumable = view !== 'gap' && early.length < EARLY_LIMIT;
    if (view === 'gap' || !this.resumable) this.askLater();
    else this.heard(view);
  }

  private refused(error: unknown): void {
    this.early = null;
    if (error instanceof MusterProblem) {
      if (isTransient(error) || error.code === 'token_expired') this.askLater();
      else this.end({ code: error.code, reason: error.problem.detail });
    } else {
      this.link?.drop();
    }
  }

  private take(step: (view: View) => Applied<View>): void {
    const { view, status } = this.current;
    if (!view) return;
    const next = step(view);
    if (next === 'gap') return this.askLater();
    if (next === view) return;
    this.backoff.reset();
    if (status === 'live') return this.heard(next);
    this.heardAt = this.clock.now();
    this.become({ ...this.current, view: next });
  }

  private heard(view: View): void {
    this.heardAt = this.clock.now();
    this.trust(view);
  }

  private trust(view: View): void {
    this.become({ status: 'live', view, closure: null });
    this.listenForSilence(STALE_AFTER_MS - this.ageMs);
  }

  /** Leaves the subscription and asks again after a pause that differs from client to client. */
  private askLater(): void {
    this.leave();
    this.doubt();
    this.callOffAsking = this.clock.after(this.backoff.next(), () => void this.ask());
  }

  /** Nothing that is under way or still arrives for the old subscription counts from here on. */
  private leave(): void {
    this.callOffAsking?.();
    this.callOffAsking = null;
    this.early = null;
    this.following = false;
  }

  private doubt(): void {
    if (this.current.status === 'live') this.become({ ...this.current, status: 'resuming' });
  }

  private listenForSilence(ms: number): void {
    this.callOffSilence();
    this.callOffSilence = this.clock.after(ms, () => {
      const left = STALE_AFTER_MS - this.ageMs;
      if (left > 0) this.listenForSilence(left);
      else this.silent();
    });
  }

  /**
   * Nothing was heard, or nothing was read: whoever slept has it in front of them, and many who slept together would
   * all ask at once. So frames still count, and only what they leave behind after a pause is judged.
   */
  private silent(): void {
    const { status, view } = this.current;
    const silentSince = this.heardAt;
    this.become({ ...this.current, status: 'stale' });
    if (status !== 'live' || !view) return;
    this.callOffAsking = this.clock.after(Math.max(AWAKE_AFTER_MS, this.backoff.next()), () => {
      if (this.heardAt > silentSince && this.ageMs < STALE_AFTER_MS) this.trust(this.current.view ?? view);
      else void this.ask();
    });
  }

  private keepEarly(delta: Delta): void {
    if (this.early && this.early.length < EARLY_LIMIT) this.early.push(delta);
  }

  private position(): Partial<Position> {
    const { view } = this.current;
    return view && this.resumable ? { epoch: view.epoch, offset: view.offset } : {};
  }
}
