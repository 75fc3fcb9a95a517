const PARENT_EVERY_MS = 1_000;

/**
 * Aborted when this process is asked to stop (SIGINT, SIGTERM) or when whoever started it is gone: a launcher that was
 * killed can't ask any more, and traffic without it would go on for ever.
 */
export function whenAskedToStop(): AbortSignal {
  const stop = new AbortController();
  const ask = (): void => stop.abort();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, ask);
  process.once('disconnect', ask);
  const parent = process.ppid;
  const look = setInterval(() => process.ppid !== parent && ask(), PARENT_EVERY_MS);
  stop.signal.addEventListener('abort', () => clearInterval(look), { once: true });
  look.unref();
  return stop.signal;
}
