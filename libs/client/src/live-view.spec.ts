import { describe, expect, it } from '@jest/globals';
import type { Problem, Resync, RosterDelta, RosterRow, RosterSubscription } from '#contracts';
import { rosterReducer, type RosterView } from './delta.js';
import { MusterClosed, MusterProblem, MusterUnreachable } from './errors.js';
import { LiveView } from './live-view.js';
import { ManualClock } from './manual-clock.js';

const AS_OF = '2026-11-23T10:00:00.000Z';

function row(id: string, m1: number): RosterRow {
  return {
    id,
    name: id,
    teamId: 't',
    status: 'active',
    presence: { state: 'busy', since: AS_OF },
    load: { open: 0, capacity: 5, ratio: 0 },
    waiting: { count: 0, oldestAt: null },
    density: { m1, m5: m1, m15: m1, h1: m1 },
    v: 1,
  };
}

function at(offset: number, epoch = 'e') {
  return { subscription: 'floor', epoch, offset, asOf: AS_OF };
}

function snapshot(offset: number, m1: number, epoch?: string): RosterSubscription {
  return { ...at(offset, epoch), mode: 'snapshot', rows: [row('a', m1)], teams: [] };
}

function delta(prev: number, offset: number, m1: number): RosterDelta {
  const density = { m1, m5: m1, m15: m1, h1: m1 };
  return { ...at(offset), prev, rows: [{ id: 'a', v: offset, density }], removed: [], teams: [] };
}

const RESYNC: Resync = { subscription: 'floor', reason: 'gap' };

function problem(code: Problem['code'], retryable: boolean): MusterProblem {
  const errors: Problem['errors'] = [];
  return new MusterProblem({
    type: 'about:blank',
    title: '',
    status: 503,
    detail: 'No',
    code,
    requestId: 'r',
    retryable,
    errors,
  });
}

/** The connection's side, answering when the test says so. */
class FakeLink {
  readonly asked: unknown[] = [];
  readonly released: string[] = [];
  dropped = 0;
  private settle: { answer(answer: RosterSubscription): void; refuse(error: Error): void } | null = null;

  request(_event: string, body: unknown): Promise<unknown> {
    this.asked.push(body);
    return new Promise((resolve, reject) => {
      this.settle = { answer: resolve, refuse: reject };
    });
  }

  release(subscription: string): void {
    this.released.push(subscription);
  }

  drop(): void {
    this.dropped += 1;
  }

  async answer(answer: RosterSubscription): Promise<void> {
    this.settle?.answer(answer);
    await Promise.resolve();
  }

  async refuse(error: Error): Promise<void> {
    this.settle?.refuse(error);
    await Promise.resolve();
    await Promise.resolve();
  }
}

function floor() {
  const clock = new ManualClock();
  const link = new FakeLink();
  const body = { topic: 'roster' };
  const topic = { body, deltaEvents: ['roster.delta'], reducer: rosterReducer, clock, random: () => 0.5 };
  const view = new LiveView<RosterView, RosterSubscription, RosterDelta>(topic, () => {});
  const m1 = (): number | undefined => view.current.view?.rows.get('a')?.density.m1;
  return { clock, link, view, m1 };
}

async function live() {
  const parts = floor();
  parts.view.attach(parts.link);
  await parts.link.answer(snapshot(10, 1));
  expect(parts.view.current.status).toBe('live');
  return parts;
}

describe('a live view', () => {
  it('starts with a snapshot and follows deltas', async () => {
    const { view, m1, link } = await live();
    view.receive('roster.delta', delta(10, 12, 2));
    expect(m1()).toBe(2);
    expect(link.asked).toEqual([{ topic: 'roster' }]);
  });

  it('applies frames that overtook the answer, and not those it contains', async () => {
    const { view, link, m1 } = floor();
    view.attach(link);
    view.receive('roster.delta', delta(8, 10, 7));
    view.receive('roster.delta', delta(10, 12, 2));
    await link.answer(snapshot(10, 1));
    expect(view.current).toMatchObject({ status: 'live', view: { offset: 12 } });
    expect(m1()).toBe(2);
  });

  it('ignores frames of other subscriptions', async () => {
    const { view, m1 } = await live();
    view.receive('roster.delta', { ...delta(10, 12, 2), subscription: 'another' });
    view.receive('resync', { subscription: 'another' });
    expect([view.current.status, m1()]).toEqual(['live', 1]);
  });

  it.each([
    ['a gap', 'roster.delta', delta(11, 12, 2)],
    ['another epoch', 'roster.delta', { ...delta(10, 12, 2), epoch: 'f' }],
    ['a heartbeat elsewhere', 'heartbeat', at(11)],
    ['a resync', 'resync', RESYNC],
  ])('after %s keeps what it has, says so, and resumes from its offset', async (_what, event, frame) => {
    const { view, link, clock, m1 } = await live();
    view.receive(event, frame);
    expect([view.current.status, m1()]).toEqual(['resuming', 1]);
    view.receive('roster.delta', delta(10, 12, 9));
    expect(m1()).toBe(1);
    await clock.advance(250);
    expect(link.asked[1]).toEqual({ topic: 'roster', epoch: 'e', offset: 10 });
    await link.answer({ ...at(13), mode: 'replay', deltas: [delta(10, 12, 2), delta(12, 13, 3)] });
    expect([view.current.status, m1()]).toEqual(['live', 3]);
  });

  it('leaves its former audience when the answer names another', async () => {
    const { view, link, clock, m1 } = await live();
    view.receive('resync', RESYNC);
    await clock.advance(250);
    await link.answer({ ...snapshot(10, 5), subscription: 'part of the floor' });
    expect(link.released).toEqual(['floor']);
    view.receive('roster.delta', delta(10, 12, 9));
    expect([view.current.status, m1()]).toEqual(['live', 5]);
  });

  it('asks for a snapshot when a replay does not fit', async () => {
    const { view, link, clock, m1 } = await live();
    view.receive('resync', RESYNC);
    await clock.advance(250);
    await link.answer({ ...at(13), mode: 'replay', deltas: [delta(11, 13, 3)] });
    expect([view.current.status, m1()]).toEqual(['resuming', 1]);
    await clock.advance(500);
    expect(link.asked[2]).toEqual({ topic: 'roster' });
    await link.answer(snapshot(20, 4));
    expect([view.current.status, m1()]).toEqual(['live', 4]);
  });

  it('is stale after ten seconds of silence, and not before', async () => {
    const { view, link, clock } = await live();
    await clock.advance(5_000);
    view.receive('heartbeat', at(10));
    await clock.advance(9_999);
    expect(view.current.status).toBe('live');
    await clock.advance(1);
    expect(view.current.status).toBe('stale');
    await clock.advance(500);
    expect(link.asked).toHaveLength(2);
    await link.answer(snapshot(10, 1, 'f'));
    expect(view.current).toMatchObject({ status: 'live', view: { epoch: 'f' } });
  });

  it('reads what came while it slept before it says that it is current, and asks nobody', async () => {
    const { view, link, clock, m1 } = await live();
    clock.sleep(60_000);
    await clock.advance(0);
    expect(view.current.status).toBe('stale');
    view.receive('heartbeat', at(10));
    view.receive('roster.delta', delta(10, 12, 2));
    expect([view.current.status, m1()]).toEqual(['stale', 2]);
    await clock.advance(500);
    expect([view.current.status, m1(), link.asked.length]).toEqual(['live', 2, 1]);
    await clock.advance(9_500);
    expect(view.current.status).toBe('stale');
  });

  it('asks after a sleep in which nothing came, or not everything', async () => {
    const { view, link, clock } = await live();
    clock.sleep(60_000);
    await clock.advance(500);
    expect(link.asked).toHaveLength(2);
    await link.answer({ ...at(10), mode: 'replay', deltas: [] });
    clock.sleep(60_000);
    await clock.advance(0);
    view.receive('roster.delta', delta(12, 13, 9));
    expect(view.current).toMatchObject({ status: 'stale', view: { offset: 10 } });
    await clock.advance(1_000);
    expect(link.asked).toHaveLength(3);
  });

  it('survives the loss of its connection', async () => {
    const { view, clock, m1 } = await live();
    view.detach();
    expect([view.current.status, m1()]).toEqual(['resuming', 1]);
    await clock.advance(10_000);
    expect([view.current.status, m1()]).toEqual(['stale', 1]);
    const next = new FakeLink();
    view.attach(next);
    expect(next.asked).toEqual([{ topic: 'roster', epoch: 'e', offset: 10 }]);
    await next.answer({ ...at(10), mode: 'replay', deltas: [] });
    expect(view.current.status).toBe('live');
  });

  it('never takes an answer that belongs to a lost connection', async () => {
    const { view, link } = floor();
    view.attach(link);
    view.detach();
    await link.answer(snapshot(10, 1));
    expect(view.current).toMatchObject({ status: 'connecting', view: null });
  });

  it('tries again when it was refused for now, and ends when for good', async () => {
    const { view, link, clock } = floor();
    view.attach(link);
    await link.refuse(problem('live_unavailable', true));
    expect(view.current.status).toBe('connecting');
    await clock.advance(500);
    expect(link.asked).toHaveLength(2);
    await link.refuse(problem('permission_missing', false));
    expect(view.current).toMatchObject({ status: 'closed', view: null, closure: { code: 'permission_missing' } });
    await expect(view.until((state) => state.status === 'live')).rejects.toThrow(MusterClosed);
  });

  it('gives up a connection that does not acknowledge', async () => {
    const { view, link } = floor();
    view.attach(link);
    await link.refuse(new MusterUnreachable('silence'));
    expect(link.dropped).toBe(1);
  });

  it('leaves its subscription when it is closed, also before the answer', async () => {
    const opened = await live();
    opened.view.close();
    expect(opened.link.released).toEqual(['floor']);
    expect(opened.view.current).toMatchObject({ status: 'closed', view: null });
    const { view, link } = floor();
    view.attach(link);
    view.close();
    await link.answer(snapshot(10, 1));
    expect(link.released).toEqual(['floor']);
    expect(view.current.view).toBeNull();
  });

  it('waits for what comes, and says what it saw when it does not come', async () => {
    const { view, clock } = await live();
    const waited = view.until((state) => state.view?.offset === 12);
    view.receive('roster.delta', delta(10, 12, 2));
    await expect(waited).resolves.toMatchObject({ status: 'live' });
    const never = view.until((state) => state.view?.offset === 99, 1_000);
    never.catch(() => undefined);
    await clock.advance(1_000);
    await expect(never).rejects.toThrow('not within 1000 ms; the state is still live');
  });
});
