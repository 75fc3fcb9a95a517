import fc from 'fast-check';
import { type IngestInput, parseTime, readInteractions } from './interaction-input.js';

const NOW = Date.UTC(2026, 10, 23, 10, 15, 30, 123);
const DAY = 24 * 3600 * 1000;
const item = (changes: Record<string, unknown> = {}) => ({
  id: 'wamid.1',
  conversationId: '01890a5d-ac96-774b-bcce-b302099a8057',
  direction: 'inbound',
  at: new Date(NOW).toISOString(),
  ...changes,
});
const read = (...interactions: unknown[]) => readInteractions({ interactions }, NOW);
const codes = (input: IngestInput) =>
  input.ok ? input.rejected.map(({ code }) => code) : input.errors.map(({ code }) => code);

describe('readInteractions', () => {
  it('takes what is well-formed', () => {
    const agentId = '01890a5d-ac96-774b-bcce-b302099a8058';
    expect(
      read(item(), item({ id: '2', agentId, direction: 'outbound' }), item({ id: '3', agentId: null })),
    ).toMatchObject({
      ok: true,
      rejected: [],
      interactions: [
        { index: 0, id: 'wamid.1', agentId: null, direction: 'inbound', at: NOW },
        { index: 1, id: '2', agentId, direction: 'outbound' },
        { index: 2, id: '3', agentId: null },
      ],
    });
  });

  it('rejects one by one, and keeps the index', () => {
    const input = read(
      item(),
      'text',
      null,
      [],
      item({ id: '' }),
      item({ id: 7 }),
      item({ conversationId: 'x' }),
      item({ agentId: 'x' }),
      item({ direction: 'sideways' }),
      item({ at: '2026-11-23' }),
      item({ at: undefined }),
      item({ at: '2019-01-01T00:00:00Z' }),
      item({ id: 'last' }),
    );
    expect(codes(input)).toEqual([
      'invalid',
      'invalid',
      'invalid',
      'id_invalid',
      'id_invalid',
      'conversation_not_found',
      'agent_not_found',
      'direction_invalid',
      'at_invalid',
      'at_invalid',
      'at_out_of_range',
    ]);
    expect(input).toMatchObject({ interactions: [{ index: 0 }, { index: 12, id: 'last' }] });
  });

  it('takes ids of 1 to 200 characters, counted as people count, that PostgreSQL can store', () => {
    expect(codes(read(item({ id: 'a'.repeat(200) }), item({ id: '🙂'.repeat(200) }), item({ id: ' ' })))).toEqual([]);
    const bad = ['a'.repeat(201), '🙂'.repeat(201), 'a\u0000b', 'a\nb', '\ud800'];
    expect(codes(read(...bad.map((id) => item({ id }))))).toEqual(bad.map(() => 'id_invalid'));
  });

  it('refuses a body that is not of this form as a whole', () => {
    for (const body of [null, undefined, 'x', 7, [], [item()]])
      expect(codes(readInteractions(body, NOW))).toEqual(['is_object']);
    expect(codes(readInteractions({}, NOW))).toEqual(['is_array']);
    expect(codes(readInteractions({ interactions: {} }, NOW))).toEqual(['is_array']);
    expect(codes(read())).toEqual(['array_min_size']);
    expect(codes(read(...Array.from({ length: 1_001 }, () => item())))).toEqual(['array_max_size']);
    expect(codes(read(...Array.from({ length: 1_000 }, () => item())))).toEqual([]);
  });

  it('refuses unknown members wherever they are, and says where', () => {
    expect(readInteractions({ interactions: [item()], 'a/b~': 1 }, NOW)).toMatchObject({
      errors: [{ pointer: '/a~1b~0' }],
    });
    expect(read(item(), item({ timestamp: 1 }))).toMatchObject({
      ok: false,
      errors: [{ pointer: '/interactions/1/timestamp', code: 'unknown_field' }],
    });
    expect(codes(read(...Array.from({ length: 1_000 }, () => item({ x: 1 }))))).toHaveLength(20);
  });

  it('accepts exactly the times from 7 days ago to 5 minutes ahead', () => {
    fc.assert(
      fc.property(fc.integer({ min: NOW - 9 * DAY, max: NOW + DAY }), (at) => {
        const inside = at >= NOW - 7 * DAY && at <= NOW + 5 * 60_000;
        expect(codes(read(item({ at: new Date(at).toISOString() })))).toEqual(inside ? [] : ['at_out_of_range']);
      }),
    );
    for (const [at, expected] of [
      [NOW - 7 * DAY, []],
      [NOW - 7 * DAY - 1, ['at_out_of_range']],
      [NOW + 5 * 60_000, []],
      [NOW + 5 * 60_000 + 1, ['at_out_of_range']],
    ] as const) {
      expect(codes(read(item({ at: new Date(at).toISOString() })))).toEqual(expected);
    }
  });
});

describe('parseTime', () => {
  it('reads every time that toISOString writes', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date(0), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true }),
        (date) => {
          expect(parseTime(date.toISOString())).toBe(date.getTime());
        },
      ),
    );
  });

  it('reads zones and fractions, cut to milliseconds', () => {
    expect(parseTime('2026-11-23T11:15:30+01:00')).toBe(Date.UTC(2026, 10, 23, 10, 15, 30));
    expect(parseTime('2026-11-23T04:45:30.5-05:30')).toBe(Date.UTC(2026, 10, 23, 10, 15, 30, 500));
    expect(parseTime('2026-11-23T10:15:30.123999Z')).toBe(NOW);
  });

  it('refuses what is no time, or on no calendar', () => {
    for (const text of [
      '2026-11-23',
      '2026-11-23T10:15:30',
      '2026-11-23 10:15:30Z',
      '2026-02-30T00:00:00Z',
      '2026-13-01T00:00:00Z',
      '2026-00-10T00:00:00Z',
      '2026-01-00T00:00:00Z',
      '2026-11-23T24:00:00Z',
      '2026-11-23T10:15:60Z',
      '1795428930123',
      1795428930123,
      null,
      `2026-11-23T10:15:30.${'1'.repeat(50)}Z`,
    ]) {
      expect(parseTime(text)).toBeNull();
    }
  });
});
