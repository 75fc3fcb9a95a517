/** The process of a `Server`: `argv` names the module and its options. */
import 'reflect-metadata';
import { Session } from 'node:inspector/promises';
import { answerCalls, refuse } from '../../support/processes/answer.js';
import type { RunningServer, ServerModule } from './server.js';
import { currentUsage } from './usage.js';

const SAMPLE_EVERY_US = 500;

const inspector = new Session();

async function startProfile(): Promise<void> {
  inspector.connect();
  await inspector.post('Profiler.enable');
  await inspector.post('Profiler.setSamplingInterval', { interval: SAMPLE_EVERY_US });
  await inspector.post('Profiler.start');
}

async function stopProfile() {
  const { profile } = await inspector.post('Profiler.stop');
  inspector.disconnect();
  return profile;
}

function startServer(): Promise<RunningServer> {
  const [module = '', options = 'null'] = process.argv.slice(2);
  return import(module).then(({ start }: ServerModule) => start(JSON.parse(options)));
}

try {
  const server = await startServer();
  const methods = {
    ...server.methods,
    usage: currentUsage,
    'profile.start': startProfile,
    'profile.stop': stopProfile,
  };
  answerCalls(methods, () => server.close(), { port: server.port });
} catch (error) {
  refuse(error);
}
