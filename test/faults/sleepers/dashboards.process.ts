/** The process of `Dashboards`. */
import { connectDashboard, type DashboardConnection, type LiveRoster, MusterApi } from '#client';
import { answerCalls } from '../../support/processes/answer.js';
import { digestOf } from './digest.js';
import type { Content, DashboardPlan, DashboardsSeen } from './dashboards.js';

/** A heartbeat comes every 5 s. */
const LATELY_MS = 6_500;
const LANES = 25;
const LIVE_WITHIN_MS = 60_000;

interface Screen {
  scope: string | null;
  connection: DashboardConnection;
  roster: LiveRoster;
}

const screens: Screen[] = [];
let lost = 0;

async function open(argument: unknown): Promise<void> {
  const plan = argument as DashboardPlan;
  const lanes = Array.from({ length: LANES }, async (_, lane) => {
    for (let n = lane; n < plan.count; n += LANES) await add(plan, n);
  });
  await Promise.all(lanes);
}

async function add({ urls, token, scopes }: DashboardPlan, n: number): Promise<void> {
  const scope = scopes[n % scopes.length] ?? null;
  const connection = connectDashboard(new MusterApi({ url: urls[n % urls.length] ?? '', token }));
  const roster = connection.roster(scope === null ? {} : { teamId: scope });
  let wasLive = false;
  connection.subscribe(() => {
    const isLive = connection.current.status === 'live';
    if (wasLive && !isLive) lost++;
    wasLive = isLive;
  });
  screens.push({ scope, connection, roster });
  await roster.until(({ status }) => status === 'live', LIVE_WITHIN_MS);
}

function seen(): DashboardsSeen {
  const others: Record<string, number> = {};
  let current = 0;
  for (const { roster } of screens) {
    const { status, view } = roster.current;
    if (status === 'live' && view && Date.now() - Date.parse(view.asOf) < LATELY_MS) current++;
    else others[status] = (others[status] ?? 0) + 1;
  }
  return { current, others, lost };
}

function contents(): Content[] {
  return screens.flatMap(({ scope, roster }) => {
    const { status, view } = roster.current;
    if (status !== 'live' || !view) return [];
    const digest = digestOf([...view.rows.values()], [...view.teams.values()]);
    return [{ scope, epoch: view.epoch, offset: view.offset, digest }];
  });
}

async function close(): Promise<void> {
  for (const { connection } of screens) connection.close();
}

answerCalls({ open, seen, contents }, close);
