import { once } from 'node:events';

/** Ends the services of the run and waits until their folder is gone. */
export default async function globalTeardown(): Promise<void> {
  const services = globalThis.musterTestServices;
  if (!services || services.exitCode !== null) return;
  services.ref();
  const ended = once(services, 'exit');
  services.kill('SIGTERM');
  await ended;
}
