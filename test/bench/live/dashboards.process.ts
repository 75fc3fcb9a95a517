/** The process of `Dashboards`. */
import { setTimeout as delay } from 'node:timers/promises';
import { answerCalls } from '../../support/processes/answer.js';
import { Latencies } from '../support/histogram.js';
import { SocketConnection } from '../support/socket-connection.js';
import { monotonicMs } from '../support/time.js';
import { currentUsage } from '../support/usage.js';
import type { Seating, Shown, Sight } from './dashboards.js';
import { MusterScreen, NaiveScreen, type Screen } from './screen.js';
import { dueMs, pick } from './traffic.js';

/** So many connect at the same time. */
const LANES = 16;
const LOOK_MS = 20;
/** After the last post was answered; what takes longer was not shown in time. */
const SHOWN_WITHIN_MS = 2_000;
const QUIET_MS = 500;
const SETTLES_WITHIN_MS = 15_000;
const NAMESPACE = '/dashboard';

interface Dashboard {
  connection: SocketConnection;
  /** Null: it only counts. */
  screen: Screen | null;
  resyncs: number;
  /** It shows something, and has not left. */
  isSeated: boolean;
}

const dashboards: Dashboard[] = [];
/** Why the first of those that ended was ended, unless it left. */
let ended: string | null = null;

async function seat(argument: unknown): Promise<void> {
  const seating = argument as Seating;
  const opened: Dashboard[] = [];
  const lanes = Array.from({ length: LANES }, async (_, lane) => {
    for (let n = lane; n < seating.dashboards.length; n += LANES)
      opened[n] = await open(seating, seating.dashboards[n]);
  });
  await Promise.all(lanes);
  dashboards.push(...opened);
}

/** Until it shows its beginning. */
async function open(seating: Seating, { token, teamId }: Seating['dashboards'][number]): Promise<Dashboard> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const subscription = { topic: 'roster', ...(teamId && { scope: { teamId } }) };
  const screen = seating.dialect === 'muster' ? new MusterScreen() : new NaiveScreen(seating.agentIds);
  const subscribe = () => dashboard.connection.emit(1, 'subscribe', subscription);
  let isWatching = true;
  const connection = new SocketConnection(
    { port: seating.port, namespace: NAMESPACE, token, shown: Infinity },
    {
      connected: () => (screen.isBegun ? resolve() : subscribe()),
      refused: (packet) => reject(new Error(`refused: ${packet}`)),
      message: (packet) => {
        if (!isWatching) return;
        if (packet.includes('["session.closed"')) ended ??= packet;
        if (!screen.take(packet, monotonicMs())) {
          dashboard.resyncs++;
          subscribe();
        } else if (screen.isBegun) resolve();
      },
      closed: () => {
        reject(new Error('closed before it showed anything'));
        if (dashboard.isSeated) ended ??= 'a dashboard was closed';
      },
    },
  );
  const dashboard: Dashboard = { connection, screen: seating.watch ? screen : null, resyncs: 0, isSeated: false };
  await promise;
  dashboard.isSeated = true;
  isWatching = seating.watch;
  if (!isWatching) connection.lookAway();
  return dashboard;
}

async function leave(): Promise<void> {
  for (const dashboard of dashboards.splice(0)) {
    dashboard.isSeated = false;
    dashboard.connection.leave();
  }
  ended = null;
}

function begin(): void {
  for (const dashboard of dashboards) {
    dashboard.screen?.arrivals.begin();
    dashboard.resyncs = 0;
  }
}

async function seen(argument: unknown): Promise<Sight> {
  const shown = argument as Shown;
  const due = dueByAgent(shown);
  const screens = dashboards.flatMap(({ screen }) => screen ?? []);
  const until = monotonicMs() + SHOWN_WITHIN_MS;
  while (monotonicMs() < until && !screens.every((screen) => showsAll(screen, due))) await delay(LOOK_MS);
  const latencies = new Latencies();
  let [expected, missing] = [0, 0];
  for (const { arrivals } of screens) {
    for (const [agentId, times] of due) {
      if (!arrivals.shows(agentId)) continue;
      const arrived = arrivals.timesOf(agentId);
      times.forEach((time, n) => latencies.record((arrived[n] ?? Infinity) - time));
      expected += times.length;
      missing += Math.max(0, times.length - arrived.length);
    }
  }
  const resyncs = dashboards.reduce((sum, dashboard) => sum + dashboard.resyncs, 0);
  return { latencyMs: latencies.percentiles(), expected, missing, resyncs };
}

/** When each agent's interactions were due, in their order. */
function dueByAgent({ traffic, posts, conversations, agentIds, startedAtMs }: Shown): Map<string, number[]> {
  const due = new Map<string, number[]>(agentIds.map((id) => [id, []]));
  for (let n = 0; n < posts * traffic.batch; n++) {
    const agentId = agentIds[pick(traffic.seed, n, conversations) % agentIds.length] ?? '';
    due.get(agentId)?.push(startedAtMs + dueMs(traffic, n));
  }
  return due;
}

function showsAll({ arrivals }: Screen, due: Map<string, number[]>): boolean {
  for (const [agentId, times] of due) {
    if (arrivals.shows(agentId) && arrivals.timesOf(agentId).length < times.length) return false;
  }
  return true;
}

async function settle(): Promise<void> {
  const until = monotonicMs() + SETTLES_WITHIN_MS;
  const total = () => dashboards.reduce((sum, { screen }) => sum + (screen?.arrivals.total ?? 0), 0);
  for (let before = -1; before !== total() && monotonicMs() < until; await delay(QUIET_MS)) before = total();
}

function bytes(): number[] {
  if (ended !== null) throw new Error(`a dashboard was sent away: ${ended}`);
  return dashboards.map(({ connection }) => connection.bytesReceived);
}

answerCalls({ seat, leave, begin, seen, settle, bytes, usage: currentUsage }, async () => undefined);
