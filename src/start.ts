/**
 * `npm start`: everything at once. Without DATABASE_URL and REDIS_URL it brings its own PostgreSQL and Redis, runs one
 * application node with the demo on them, and ends all of it together: on Ctrl-C with code 0, or when any part ends by
 * itself with code 1 and a message that says which. With both set it runs just the node.
 */
import { fileURLToPath } from 'node:url';
import { type Address, chooseAddress } from './platform/embedded/address.js';
import { endEarlierApplication, startNode, startTraffic, waitForReady } from './platform/embedded/application.js';
import { LaunchCancelled, LaunchError } from './platform/embedded/launch.error.js';
import { publishRunning, withdrawRunning } from './platform/embedded/running.js';
import { embeddedSecrets } from './platform/embedded/secrets.js';
import { EmbeddedServices } from './platform/embedded/services.js';
import { describeExit, type SupervisedChild } from './platform/embedded/supervised-child.js';
import { aborted, complain, runLauncher, say, sayStep } from './platform/embedded/terminal.js';

const MAIN = fileURLToPath(new URL('./main.js', import.meta.url));
const COMMAND_LINE = fileURLToPath(new URL('./cli/main.js', import.meta.url));

type Environment = Record<string, string>;

const given = ['DATABASE_URL', 'REDIS_URL'].filter((name) => process.env[name] || process.env[`${name}_FILE`]);
// With services of one's own there is nothing to look after but the node, which looks after itself.
if (given.length === 2) await import('./main.js');
else runLauncher(async (stop) => (given[0] ? refuseHalf(given[0]) : runEmbedded(stop)));

function refuseHalf(given: string): never {
  const missing = given === 'REDIS_URL' ? 'DATABASE_URL' : 'REDIS_URL';
  throw new LaunchError(`${missing} is not set: expected both it and ${given}, or neither for the embedded services`);
}

async function runEmbedded(stop: AbortSignal): Promise<number> {
  const started = performance.now();
  const address = await chooseAddress(process.env.HOST || '127.0.0.1', process.env.PORT || '3000');
  const running: SupervisedChild[] = [];
  let services: EmbeddedServices | undefined;
  try {
    services = await startServices(stop);
    const environment = environmentOf(services, address);
    await startApplication(services, environment, address, running, stop);
    announceReady(environment, started);
    return await untilOneEnds(services, running, stop);
  } catch (error) {
    if (error instanceof LaunchCancelled) return 0;
    throw error;
  } finally {
    if (services) withdrawRunning(services.dir);
    for (const child of running.reverse()) await child.stop();
    await services?.stop();
  }
}

async function startServices(signal: AbortSignal): Promise<EmbeddedServices> {
  return EmbeddedServices.start({
    dataDir: process.env.MUSTER_DATA_DIR || '.muster',
    path: process.env.PATH,
    toolFolders: ['.muster'],
    signal,
    prepare: endEarlierApplication,
    onStarted: (name, elapsedMs) => sayStep(`starting ${name}`, elapsedMs),
  });
}

/** What the children see: our own environment, completed. Logs are for people here, and only what they should read. */
function environmentOf(services: EmbeddedServices, { host, port }: Address): Environment {
  const demo = process.env.MUSTER_DEMO || 'on';
  return {
    LOG_LEVEL: process.env.LOG_LEVEL || 'warn',
    LOG_FORMAT: process.env.LOG_FORMAT || 'pretty',
    HOST: host,
    PORT: String(port),
    DATABASE_URL: services.databaseUrl,
    REDIS_URL: services.redisUrl,
    MUSTER_DEMO: demo,
    MUSTER_ADMIN_EMAIL: process.env.MUSTER_ADMIN_EMAIL || `admin@${demo === 'on' ? 'demo.' : ''}muster.local`,
    ...embeddedSecrets(services.dir, process.env),
  };
}

async function startApplication(
  services: EmbeddedServices,
  environment: Environment,
  { url }: Address,
  running: SupervisedChild[],
  stop: AbortSignal,
): Promise<void> {
  say(`console: ${url}/console`);
  say(`login: ${environment.MUSTER_ADMIN_EMAIL} ${environment.MUSTER_ADMIN_PASSWORD}`);
  const from = performance.now();
  const node = startNode(services.dir, MAIN, { ...process.env, ...environment });
  running.push(node);
  if (!(await waitForReady(node, url, stop))) throw new LaunchError(await failureOf(node));
  sayStep('starting the application', performance.now() - from);
  publishRunning(services.dir, { ...environment, MUSTER_URL: url });
  if (environment.MUSTER_DEMO !== 'on') return;
  running.push(
    startTraffic(services.dir, COMMAND_LINE, { ...process.env, ...outsiders(environment), MUSTER_URL: url }),
  );
}

/** All that the demo traffic may know: it comes from outside. */
function outsiders(environment: Environment): Environment {
  const names = [
    'LOG_LEVEL',
    'LOG_FORMAT',
    'MUSTER_ADMIN_EMAIL',
    'MUSTER_ADMIN_PASSWORD',
    'MUSTER_WHATSAPP_APP_SECRET',
  ];
  return Object.fromEntries(names.map((name) => [name, environment[name] ?? '']));
}

function announceReady(environment: Environment, started: number): void {
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const demo = environment.MUSTER_DEMO === 'on' ? ' The demo is on: its customers and agents are at work.' : '';
  say(`Muster is ready after ${seconds} s: open the console and sign in as above.${demo} Ctrl-C stops everything.`);
}

async function untilOneEnds(
  services: EmbeddedServices,
  running: SupervisedChild[],
  stop: AbortSignal,
): Promise<number> {
  const failure = await Promise.race([services.failed, ...running.map(failureOf), aborted(stop)]);
  if (failure === undefined) return 0;
  complain(`${failure}\nEverything else is being stopped.`);
  return 1;
}

async function failureOf(child: SupervisedChild): Promise<string> {
  return `${child.spec.name} ${describeExit(await child.exited)}; its own messages, if any, are above.`;
}
