import { describe, expect, it } from '@jest/globals';
import { type Key, press, type Scene, type WatchState } from './watch-state.js';

const SCENE: Scene = { teams: ['care', 'sales'], rows: 100, page: 20 };
const START: WatchState = { query: { sort: 'density' }, typing: false, top: 0 };

/** The state after all these keys: names of keys, or single characters. */
function after(keys: string[], scene = SCENE, start = START): WatchState | null {
  return keys.reduce<WatchState | null>((state, name) => {
    const key: Key = name.length === 1 ? { name: name.toLowerCase(), sequence: name } : { name };
    return state && press(state, key, scene);
  }, start);
}

describe('the keys of the live table', () => {
  it('go through the sort orders and back to the first', () => {
    const orders = [1, 2, 3, 4, 5].map((times) => after(Array<string>(times).fill('s'))?.query.sort);
    expect(orders).toEqual(['load', 'waiting', 'name', 'presence', 'density']);
  });

  it('go through the teams and back to all', () => {
    expect([1, 2, 3].map((times) => after(Array<string>(times).fill('t'))?.query.teamId)).toEqual([
      'care',
      'sales',
      undefined,
    ]);
  });

  it('type a search, in which letters are letters', () => {
    expect(after(['/', 'Q', 's', ' ', '1'])).toMatchObject({
      typing: true,
      query: { sort: 'density', search: 'Qs 1' },
    });
    expect(after(['f', 'a', 'é', 'backspace', 'return'])).toMatchObject({ typing: false, query: { search: 'a' } });
    expect(after(['f', 'a', 'escape'])).toMatchObject({ typing: false, query: { search: '' } });
  });

  it('scroll within the rows there are, and start over when the choice changes', () => {
    expect(after(['up'])?.top).toBe(0);
    expect(after(['down', 'pagedown'])?.top).toBe(21);
    expect(after(['end', 'down'])?.top).toBe(80);
    expect(after(['end', 'home'])?.top).toBe(0);
    expect(after(['end'], { ...SCENE, rows: 5 })?.top).toBe(0);
    expect(after(['end', 's'])?.top).toBe(0);
  });

  it('show everybody again, and leave', () => {
    const narrowed = after(['t', 'p', 'f', 'x', 'return']);
    expect(narrowed?.query).toEqual({ sort: 'density', teamId: 'care', presence: 'available', search: 'x' });
    expect(narrowed && after(['escape'], SCENE, narrowed)?.query).toEqual({ sort: 'density', search: '' });
    expect(after(['q'])).toBeNull();
    expect(press({ ...START, typing: true }, { name: 'c', ctrl: true }, SCENE)).toBeNull();
  });
});
