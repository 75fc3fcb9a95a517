import { describe, expect, it } from '@jest/globals';
import { serviceWindow } from './service-window.js';

const NOW = Date.parse('2026-11-23T10:00:00Z');

describe('the service window', () => {
  it('says how it stands and how long it is open', () => {
    expect(serviceWindow(null, NOW)).toEqual({ state: 'never', leftMs: 0 });
    expect(serviceWindow('2026-11-23T10:00:00Z', NOW)).toEqual({ state: 'closed', leftMs: 0 });
    expect(serviceWindow('2026-11-23T11:00:00Z', NOW)).toEqual({ state: 'closing', leftMs: 3_600_000 });
    expect(serviceWindow('2026-11-24T10:00:00Z', NOW).state).toBe('open');
  });
});
