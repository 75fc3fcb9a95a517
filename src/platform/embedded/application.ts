import { join } from 'node:path';
import type { DataDir } from './data-dir.js';
import { LaunchError } from './launch.error.js';
import { endRecorded, SupervisedChild } from './supervised-child.js';
import type { StopStep } from './process-identity.js';
import { waitUntil } from './wait-until.js';

/** The first start of a large installation migrates before it is ready. */
const READY_WITHIN_MS = 180_000;

/** A node closes its sockets and ends its work within 30 s of SIGTERM. */
const STOP_NODE: readonly [StopStep, ...StopStep[]] = [
  { signal: 'SIGTERM', patienceMs: 35_000 },
  { signal: 'SIGKILL', patienceMs: 5_000 },
];
const STOP_TRAFFIC: readonly [StopStep, ...StopStep[]] = [
  { signal: 'SIGTERM', patienceMs: 5_000 },
  { signal: 'SIGKILL', patienceMs: 5_000 },
];

const NODE = { record: 'application.json', stop: STOP_NODE };
const TRAFFIC = { record: 'demo-traffic.json', stop: STOP_TRAFFIC };

type Environment = Record<string, string | undefined>;

/** Ends the application and the traffic of an earlier launcher; only to be called by who holds the data folder. */
export async function endEarlierApplication(dir: DataDir): Promise<void> {
  for (const { record, stop } of [TRAFFIC, NODE]) {
    const stuck = await endRecorded(join(dir.records, record), stop);
    if (stuck)
      throw new LaunchError(`A process of an earlier start (${stuck}) can not be ended; end it with: kill ${stuck}`);
  }
}

/** One application node; what it says goes to our own output. */
export function startNode(dir: DataDir, script: string, env: Environment): SupervisedChild {
  return startScript(dir, 'The application', [script], env, NODE);
}

/** The demo's customers and agents, who speak to the node from outside like everyone else. */
export function startTraffic(dir: DataDir, script: string, env: Environment): SupervisedChild {
  return startScript(dir, 'The demo traffic', [script, 'demo', 'traffic'], env, TRAFFIC);
}

/** Waits for `GET /readyz` to answer 200. False when the node has ended instead; its own words say why. */
export async function waitForReady(node: SupervisedChild, url: string, signal: AbortSignal): Promise<boolean> {
  const ask = async () => (node.running ? await isReady(url) : false);
  const outcome = await waitUntil(ask, { deadlineMs: READY_WITHIN_MS, signal });
  if (outcome !== null) return outcome;
  throw new LaunchError(`The application did not become ready within ${READY_WITHIN_MS / 1000} s (GET ${url}/readyz).`);
}

async function isReady(url: string): Promise<true | null> {
  try {
    const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(5_000) });
    await response.body?.cancel();
    return response.status === 200 ? true : null;
  } catch {
    return null;
  }
}

function startScript(
  dir: DataDir,
  name: string,
  args: string[],
  env: Environment,
  { record, stop }: { record: string; stop: readonly [StopStep, ...StopStep[]] },
): SupervisedChild {
  return SupervisedChild.start({
    name,
    command: [process.execPath, '--enable-source-maps', ...args],
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
    stop,
    record: join(dir.records, record),
  });
}
