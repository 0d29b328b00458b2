import { describe, expect, it } from 'vitest';
import { ago } from '../../src/output/ago.ts';

const NOW = Date.parse('2026-11-21T12:00:00Z');
const HOUR = 3600;
const DAY = 24 * HOUR;

describe('ago', () => {
  it.each([
    [0.4, 'Less than a second ago'],
    [1.4, '1 second ago'],
    [59.9, '59 seconds ago'],
    [60, 'About a minute ago'],
    [125, '2 minutes ago'],
    [59 * 60 + 59, '59 minutes ago'],
    [HOUR, 'About an hour ago'],
    [1.4 * HOUR, 'About an hour ago'],
    [1.6 * HOUR, '2 hours ago'],
    [47 * HOUR, '47 hours ago'],
    [2 * DAY, '2 days ago'],
    [13 * DAY, '13 days ago'],
    [14 * DAY, '2 weeks ago'],
    [59 * DAY, '8 weeks ago'],
    [60 * DAY, '2 months ago'],
    [729 * DAY, '24 months ago'],
    [730 * DAY, '2 years ago'],
  ])('tells %d seconds as docker does: %s', (seconds, text) => {
    expect(ago(new Date(NOW - seconds * 1000).toISOString(), NOW)).toBe(text);
  });

  it('treats the future as now, and returns nothing for an invalid time', () => {
    expect(ago('2030-01-01T00:00:00Z', NOW)).toBe('Less than a second ago');
    expect(ago('2026-11-21T10:59:59.123456789Z', NOW)).toBe('About an hour ago');
    expect(ago('yesterday', NOW)).toBe('');
  });
});
