import { jest } from '@jest/globals';
import { act, Client, load, Node, subscribe, TOPICS } from '../../../test/support/audience-clients.js';
import { World } from '../../../test/support/world.js';

const TICK_MS = 100;
const SECOND = 1_000;

/**
 * How many frames a second a client gets while something changes every so often, and each costs so many ms. It may
 * have a neighbour that takes nothing.
 */
function framesPerSecond(isBusy: boolean, costMs: number, { hasNeighbour = false, everyMs = 1 } = {}): number {
  let now = 0;
  let frames = 0;
  jest.useFakeTimers({ doNotFake: ['performance'] });
  const clock = jest.spyOn(performance, 'now').mockImplementation(() => now);
  const world = new World();
  const node = new Node(load(world).projection, isBusy, Infinity, TICK_MS);
  const client = new Client(TOPICS[0]);
  subscribe(node, client, false);
  const neighbour = new Client(TOPICS[0]);
  if (hasNeighbour) subscribe(node, neighbour, false);
  neighbour.isBusy = true;
  const { write } = client;
  client.write = (frame) => {
    frames++;
    now += costMs;
    return write.call(client, frame);
  };
  for (let how = 0; how < SECOND; how++) {
    now++;
    jest.advanceTimersByTime(1);
    if (how % everyMs === 0) act(world, [node], [client], 'change', { what: 4, which: how, how });
  }
  clock.mockRestore();
  jest.useRealTimers();
  return (frames * SECOND) / now;
}

describe('the pace of audiences', () => {
  it('is a tick under load, and a little less where there is much to send and sending is nothing to the node', () => {
    expect(Math.round(framesPerSecond(true, 0))).toBe(16);
    expect(Math.round(framesPerSecond(true, 0, { everyMs: 2 }))).toBe(10);
    expect(framesPerSecond(true, 9)).toBeLessThan(11.5);
    expect(framesPerSecond(true, 20)).toBeLessThanOrEqual(10);
  });

  it('is that of what happens while it is quiet, but for what sending costs', () => {
    expect(framesPerSecond(false, 0)).toBeGreaterThan(SECOND * 0.9);
    expect(framesPerSecond(false, 10)).toBeLessThanOrEqual(40);
  });

  it('is no other for who sits beside somebody that takes nothing', () => {
    expect(framesPerSecond(false, 0, { hasNeighbour: true })).toBeGreaterThan(SECOND * 0.9);
    expect(Math.round(framesPerSecond(true, 0, { hasNeighbour: true }))).toBe(16);
  });
});
