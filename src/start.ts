/**
 * `npm start`: everything at once. Without DATABASE_URL and REDIS_URL it brings its own PostgreSQL and Redis, runs one
 * application node with the demo on them, and ends all of it together: on Ctrl-C with code 0, or when any part ends by
 * itself with code 1 and a message that says which. With both set it runs just the node.
 */
import { fileURLToPath } from 'node:url';
import { type Address, chooseAddress } from './platform/embedded/address.js';
import { endEarlierApplication, startNode, startTraffic, waitForReady } from './platform/embedded/application.js';
import { DataDir } from './platform/embedded/data-dir.js';
import { DataDirLock } from './platform/embedded/data-dir.lock.js';
import { LaunchError } from './platform/embedded/launch.error.js';
import { publishRunning, withdrawRunning } from './platform/embedded/running.js';
import { embeddedSecrets } from './platform/embedded/secrets.js';
import { EmbeddedServices } from './platform/embedded/services.js';
import { describeExit, type SupervisedChild } from './platform/embedded/supervised-child.js';
import { aborted, complain, runLauncher, say, sayStep, sayWaiting } from './platform/embedded/terminal.js';

const MAIN = fileURLToPath(new URL('./main.js', import.meta.url));
const COMMAND_LINE = fileURLToPath(new URL('./cli/main.js', import.meta.url));

type Environment = Record<string, string>;

const given = ['DATABASE_URL', 'REDIS_URL'].filter((name) => process.env[name] || process.env[`${name}_FILE`]);
// With services of one's own there is nothing to look after but the node, which looks after itself.
if (given.length === 2) await import('./main.js');
else runLauncher(process.env, async (stop) => (given[0] ? refuseHalf(given[0]) : runEmbedded(stop)));

function refuseHalf(given: string): never {
  const missing = given === 'REDIS_URL' ? 'DATABASE_URL' : 'REDIS_URL';
  throw new LaunchError(`${missing} is not set: expected both it and ${given}, or neither for the embedded services`);
}

async function runEmbedded(stop: AbortSignal): Promise<number> {
  const dir = DataDir.open(process.env.MUSTER_DATA_DIR || '.muster');
  const lock = await DataDirLock.take(dir, { onWait: sayWaiting, signal: stop });
  const running: { stop: () => Promise<void> }[] = [];
  try {
    return await runOn(lock, running, stop);
  } finally {
    lock.leaving();
    withdrawRunning(dir);
    for (const part of running.reverse()) await part.stop();
    lock.release();
  }
}

/** Starts one part after the other, each entered in `running`, and stays until one of them ends or all shall. */
async function runOn(lock: DataDirLock, running: { stop: () => Promise<void> }[], stop: AbortSignal): Promise<number> {
  const started = performance.now();
  await endEarlierApplication(lock.dir);
  const address = await chooseAddress(process.env.HOST || '127.0.0.1', process.env.PORT || '3000');
  const services = await startServices(lock, stop);
  running.push(services);
  const environment = environmentOf(lock.dir, services, address);
  announceAccess(environment, address);

  const node = startNode(lock.dir, MAIN, { ...process.env, ...environment });
  running.push(node);
  await untilReady(node, address, stop);
  publishRunning(lock.dir, { ...environment, MUSTER_URL: address.url });

  const traffic = environment.MUSTER_DEMO === 'on' ? [startDemo(lock.dir, environment, address)] : [];
  running.push(...traffic);
  announceReady(environment, started);
  return untilOneEnds([services.failed, ...[node, ...traffic].map(failureOf)], stop);
}

function startServices(lock: DataDirLock, signal: AbortSignal): Promise<EmbeddedServices> {
  return EmbeddedServices.start({
    lock,
    path: process.env.PATH,
    toolFolders: ['.muster'],
    signal,
    onStarted: (name, elapsedMs) => sayStep(`starting ${name}`, elapsedMs),
  });
}

/** What the children see: our own environment, completed. Logs are for people here, and only what they should read. */
function environmentOf(dir: DataDir, services: EmbeddedServices, { host, port }: Address): Environment {
  const demo = process.env.MUSTER_DEMO || 'on';
  return {
    LOG_LEVEL: process.env.LOG_LEVEL || 'warn',
    LOG_FORMAT: process.env.LOG_FORMAT || 'pretty',
    HOST: host,
    PORT: String(port),
    DATABASE_URL: services.databaseUrl,
    REDIS_URL: services.redisUrl,
    MUSTER_DEMO: demo,
    ...(process.env.MUSTER_SMTP_URL || process.env.MUSTER_SMTP_URL_FILE ? {} : { MUSTER_SMTP_URL: 'log:' }),
    // Compiled code is kept between starts: a third of the time until ready.
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE || dir.within('cache'),
    MUSTER_ADMIN_EMAIL: process.env.MUSTER_ADMIN_EMAIL || `admin@${demo === 'on' ? 'demo.' : ''}muster.local`,
    ...embeddedSecrets(dir, process.env),
  };
}

function announceAccess(environment: Environment, { url }: Address): void {
  say(`console: ${url}/console`);
  say(`login: ${environment.MUSTER_ADMIN_EMAIL} ${environment.MUSTER_ADMIN_PASSWORD}`);
}

async function untilReady(node: SupervisedChild, { url }: Address, stop: AbortSignal): Promise<void> {
  const from = performance.now();
  if (!(await waitForReady(node, url, stop))) throw new LaunchError(await failureOf(node));
  sayStep('starting the application', performance.now() - from);
}

function startDemo(dir: DataDir, environment: Environment, { url }: Address): SupervisedChild {
  return startTraffic(dir, COMMAND_LINE, { ...process.env, ...outsiders(environment), MUSTER_URL: url });
}

/** All that the demo traffic may know: it comes from outside. */
function outsiders(environment: Environment): Environment {
  const names = [
    'LOG_LEVEL',
    'LOG_FORMAT',
    'NODE_COMPILE_CACHE',
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

async function untilOneEnds(failures: Promise<string>[], stop: AbortSignal): Promise<number> {
  const failure = await Promise.race([...failures, aborted(stop)]);
  if (failure === undefined) return 0;
  complain(`${failure}\nEverything else is being stopped.`);
  return 1;
}

async function failureOf(child: SupervisedChild): Promise<string> {
  return `${child.spec.name} ${describeExit(await child.exited)}; its own messages, if any, are above.`;
}
