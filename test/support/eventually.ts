const EVERY_MS = 10;
const WITHIN_MS = 20_000;

/** Resolves with the first value of `read` that `accept`s; fails with the last one seen. */
export async function eventually<T>(
  read: () => T | Promise<T>,
  accept: (value: T) => boolean,
  within = WITHIN_MS,
): Promise<T> {
  const deadline = Date.now() + within;
  for (;;) {
    const value = await read();
    if (accept(value)) return value;
    if (Date.now() > deadline)
      throw new Error(`It did not happen in ${within} ms; last seen: ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
}
