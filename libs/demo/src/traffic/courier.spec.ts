import { describe, expect, it } from '@jest/globals';
import { MusterProblem, MusterUnreachable } from '#client';
import { Courier } from './courier.js';

function problem(status: number, retryable: boolean, retryAfterMs: number | null = null): MusterProblem {
  const code = retryable ? 'database_unavailable' : 'not_found';
  const detail = 'for a test';
  return new MusterProblem(
    { type: 'about:blank', title: '', status, detail, code, requestId: '', retryable, errors: [] },
    retryAfterMs,
  );
}

describe('Courier', () => {
  it('has only a few requests under way, however many are asked for', async () => {
    const courier = new Courier(new AbortController().signal);
    let underWay = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      most = Math.max(most, ++underWay);
      await new Promise((resolve) => setImmediate(resolve));
      underWay -= 1;
    };
    await Promise.all(Array.from({ length: 100 }, () => courier.send(work)));
    expect(most).toBe(4);
  });

  it('says when it does not keep up, so that the floor can stand still', async () => {
    const courier = new Courier(new AbortController().signal);
    let open = (): void => {};
    const gate = new Promise<void>((resolve) => (open = resolve));
    const all = Array.from({ length: 60 }, () => courier.send(() => gate));
    await new Promise((resolve) => setImmediate(resolve));
    expect(courier.keepsUp).toBe(false);
    open();
    await Promise.all(all);
    expect(courier.keepsUp).toBe(true);
  });

  it('sends again what failed because Muster was away, and goes on', async () => {
    const trouble: Error[] = [];
    const courier = new Courier(new AbortController().signal, (error) => trouble.push(error));
    let failures = 2;
    const answer = courier.send(() => {
      expect(courier.keepsUp).toBe(failures === 2);
      return failures-- > 0 ? Promise.reject(new MusterUnreachable('down')) : Promise.resolve('here');
    });
    await expect(answer).resolves.toBe('here');
    expect(courier.keepsUp).toBe(true);
    expect(trouble).toHaveLength(1);
  });

  it('waits as long as Muster asks for', async () => {
    const courier = new Courier(new AbortController().signal);
    const times: number[] = [];
    await courier.send(() => {
      times.push(Date.now());
      return times.length > 1 ? Promise.resolve() : Promise.reject(problem(429, true, 900));
    });
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(895);
  });

  it('gives up at once on what would fail again', async () => {
    const courier = new Courier(new AbortController().signal);
    let tries = 0;
    const answer = courier.send(() => Promise.reject(problem(404, false)).finally(() => (tries += 1)));
    await expect(answer).rejects.toThrow('not_found');
    expect(tries).toBe(1);
    expect(courier.keepsUp).toBe(true);
  });

  it('ends its pauses when it is stopped', async () => {
    const stop = new AbortController();
    const courier = new Courier(stop.signal);
    const answer = courier.send(() => Promise.reject(problem(503, true, 60_000)));
    setImmediate(() => stop.abort());
    await expect(answer).rejects.toThrow(/abort/i);
    await expect(courier.send(() => Promise.resolve())).rejects.toThrow(/abort/i);
  });
});
