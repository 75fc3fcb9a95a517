/**
 * Alerts as dashboards see them: those that are open, and from then on each that is raised or cleared.
 *
 * Who calls: the gateway of the dashboard. Guaranteed: a socket gets each event once, in the order of the revisions
 * and without a gap, whichever node raised it: it is sent what it has not been sent yet, read from PostgreSQL, when
 * notified and every five seconds; what could not be sent is sent the next time. A heartbeat follows only where
 * PostgreSQL says that nothing is missing, so a view that hears none is right to call itself stale. What must never
 * happen: an event before the answer to `subscribe`, or to a socket that has left.
 */
import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { type AlertEvent, type AlertsSubscription, HEARTBEAT_INTERVAL_MS, type Heartbeat } from '#contracts';
import type { AgentSocket } from '../access/socket-data.js';
import { Clock } from '../platform/clock.js';
import { Listener } from '../platform/database/listener.js';
import { ProblemException } from '../platform/errors/problem.exception.js';
import { Answer } from '../platform/realtime/acknowledgement.js';
import { FrameSink } from '../platform/realtime/frame-sink.js';
import { Repeated } from '../platform/repeated.js';
import { ALERT_CHANNEL } from './alert-ledger.js';
import { type AlertBeginning, AlertHistory, type AlertPosition, type Numbered } from './alert-history.js';

/** The same for every socket of a workspace. */
const SUBSCRIPTION = 'alerts';
/** A client that awaits its answer handles what comes in the same packet first: events keep this distance. */
const EVENTS_AFTER_MS = 10;

interface Viewer {
  sink: FrameSink;
  /** What it has been sent up to; null: nothing is sent before its answer. */
  position: AlertPosition | null;
}

/** One that has its answer. */
type ActiveViewer = Viewer & { position: AlertPosition };

interface Known {
  epoch?: string | null;
  offset?: number | null;
}

@Injectable()
export class AlertFeed implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(AlertFeed.name);
  /** By workspace and socket. */
  private readonly viewers = new Map<string, Map<AgentSocket, Viewer>>();
  private readonly sending = new Map<string, Promise<void>>();
  private readonly beat: Repeated;
  private stopListening: () => void = () => {};

  constructor(
    private readonly history: AlertHistory,
    private readonly listener: Listener,
    private readonly clock: Clock,
  ) {
    this.beat = new Repeated('the heartbeat of alerts', HEARTBEAT_INTERVAL_MS, () => this.beatAll());
  }

  onApplicationBootstrap(): void {
    this.stopListening = this.listener.on(ALERT_CHANNEL, (workspaceId) => this.wake(workspaceId));
    this.beat.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopListening();
    await this.beat.stop();
    await Promise.all(this.sending.values());
  }

  /** The open alerts, or what was missed since `known`; events follow. */
  async begin(socket: AgentSocket, known: Known): Promise<Answer<AlertsSubscription>> {
    const { workspaceId } = socket.data.authority;
    const viewer: Viewer = { sink: FrameSink.of(socket), position: null };
    this.viewersOf(workspaceId).set(socket, viewer);
    try {
      const beginning = await this.history.beginning(workspaceId, known);
      if (!this.isViewing(socket, viewer)) throw endedMeanwhile();
      const activate = () => {
        viewer.position = beginning.position;
        this.wake(workspaceId);
      };
      return new Answer(answerOf(beginning, this.now()), () => void setTimeout(activate, EVENTS_AFTER_MS).unref());
    } catch (error) {
      if (this.isViewing(socket, viewer)) this.end(socket);
      throw error;
    }
  }

  /** Ends the subscription; with a name only if it is this one's. */
  end(socket: AgentSocket, name = SUBSCRIPTION): void {
    if (name !== SUBSCRIPTION) return;
    const { workspaceId } = socket.data.authority;
    const viewers = this.viewers.get(workspaceId);
    viewers?.delete(socket);
    if (viewers?.size === 0) this.viewers.delete(workspaceId);
  }

  private viewersOf(workspaceId: string): Map<AgentSocket, Viewer> {
    const viewers = this.viewers.get(workspaceId) ?? new Map<AgentSocket, Viewer>();
    this.viewers.set(workspaceId, viewers);
    return viewers;
  }

  private isViewing(socket: AgentSocket, viewer: Viewer): boolean {
    return socket.connected && this.viewers.get(socket.data.authority.workspaceId)?.get(socket) === viewer;
  }

  /** Null: something may have been missed. */
  private wake(workspaceId: string | null): void {
    const workspaces = workspaceId === null ? [...this.viewers.keys()] : [workspaceId];
    for (const id of workspaces) if (this.viewers.has(id)) void this.send(id);
  }

  /** One after the other: each reads what the one before left unsent. */
  private send(workspaceId: string): Promise<void> {
    const before = this.sending.get(workspaceId) ?? Promise.resolve();
    const next = before
      .then(() => this.sendNow(workspaceId))
      .catch((error: unknown) => this.logger.debug(`alerts could not be read; reading again: ${String(error)}`))
      .finally(() => {
        if (this.sending.get(workspaceId) === next) this.sending.delete(workspaceId);
      });
    this.sending.set(workspaceId, next);
    return next;
  }

  private async sendNow(workspaceId: string): Promise<void> {
    const least = Math.min(...this.active(workspaceId).map(({ position }) => position.offset));
    if (least === Infinity) return;
    const events = await this.history.since(workspaceId, least);
    const asOf = this.now();
    for (const viewer of this.active(workspaceId)) sendAll(viewer, events, asOf);
  }

  private async beatAll(): Promise<void> {
    await Promise.all([...this.viewers.keys()].map((id) => this.send(id)));
    if (this.viewers.size === 0) return;
    const positions = await this.history.positions([...this.viewers.keys()]);
    const asOf = this.now();
    for (const [workspaceId, current] of positions) {
      for (const { sink, position } of this.active(workspaceId)) {
        if (position.epoch !== current.epoch) restart(sink);
        if (position.epoch !== current.epoch || position.offset !== current.offset) continue;
        sink.tell('heartbeat', { subscription: SUBSCRIPTION, ...position, asOf } satisfies Heartbeat);
      }
    }
  }

  private active(workspaceId: string): ActiveViewer[] {
    const viewers = [...(this.viewers.get(workspaceId)?.values() ?? [])];
    return viewers.filter((viewer): viewer is ActiveViewer => viewer.position !== null);
  }

  private now(): string {
    return this.clock.date().toISOString();
  }
}

function answerOf({ position, content }: AlertBeginning, asOf: string): AlertsSubscription {
  const frame = { subscription: SUBSCRIPTION, ...position, asOf };
  if ('alerts' in content) return { ...frame, mode: 'snapshot', alerts: content.alerts };
  const from = { epoch: position.epoch, offset: content.since };
  return { ...frame, mode: 'replay', deltas: bodiesOf(content.missed, from, asOf).map(({ body }) => body) };
}

/** What follows a position, each with where it leads. */
function bodiesOf(events: readonly Numbered[], { epoch, offset }: AlertPosition, asOf: string) {
  let prev = offset;
  return events.flatMap(({ event, alert, revision }) => {
    if (revision <= prev) return [];
    const body: AlertEvent = { subscription: SUBSCRIPTION, epoch, prev, offset: revision, asOf, alert };
    prev = revision;
    return [{ event, body }];
  });
}

/** Stops where one can't be sent: the rest follows the next time. */
function sendAll(viewer: ActiveViewer, events: readonly Numbered[], asOf: string): void {
  for (const { event, body } of bodiesOf(events, viewer.position, asOf)) {
    if (!viewer.sink.tell(event, body)) return;
    viewer.position = { epoch: body.epoch, offset: body.offset };
  }
}

/** The database is another one than before. */
function restart(sink: FrameSink): void {
  sink.tell('resync', { subscription: SUBSCRIPTION, reason: 'epoch' });
}

function endedMeanwhile(): ProblemException {
  return new ProblemException('live_unavailable', 'The subscription was ended while it began; subscribe again.');
}
