import type { Clock } from './clock.js';
import type { Credentials } from './credentials.js';
import type { Wire } from './wire.js';

/** Pause before a token that could not be renewed or handed over is tried again. */
const PAUSE_MS = 5_000;

/** Gives an open socket each new access token before the old one expires; the answer ends that. */
export function keepFresh(wire: Wire, credentials: Credentials, clock: Clock): () => void {
  let known = wire.token;
  let callOff = (): void => {};
  let stopped = false;

  const handOver = async (): Promise<boolean> => {
    const token = await credentials.bearer();
    if (stopped || token === null || token === known) return false;
    await wire.request('token.refresh', { token });
    known = token;
    return true;
  };

  const plan = (atLeastMs: number): void => {
    const due = credentials.dueInMs;
    if (stopped || due === null) return;
    callOff = clock.after(Math.max(due, atLeastMs), () => {
      handOver().then(
        (done) => plan(done ? 0 : PAUSE_MS),
        () => plan(PAUSE_MS),
      );
    });
  };

  plan(0);
  return () => {
    stopped = true;
    callOff();
  };
}
