import type { Clock } from './clock.js';
import type { Credentials } from './credentials.js';
import type { Wire } from './wire.js';

/** Pause before a token that could not be renewed or handed over is tried again. */
const PAUSE_MS = 5_000;
/** Timers may come a moment early; the token is looked at when it is due for sure. */
const SURELY_MS = 20;

/** Gives an open socket each new access token before the old one expires; the answer ends that. */
export function keepFresh(wire: Wire, credentials: Credentials, clock: Clock): () => void {
  let known = wire.token;
  let stopped = false;
  let callOff = (): void => {};

  const handOver = async (): Promise<void> => {
    const token = await credentials.bearer();
    if (stopped || token === null || token === known) return;
    await wire.request('token.refresh', { token });
    known = token;
  };

  const plan = (ms: number | null): void => {
    if (stopped || ms === null) return;
    callOff = clock.after(ms + SURELY_MS, () => {
      handOver().then(
        // Still due: the renewal failed for now.
        () => plan(credentials.dueInMs === 0 ? PAUSE_MS : credentials.dueInMs),
        () => plan(credentials.dueInMs === null ? null : PAUSE_MS),
      );
    });
  };

  plan(credentials.dueInMs);
  return () => {
    stopped = true;
    callOff();
  };
}
