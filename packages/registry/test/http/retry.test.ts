import { expect, test } from 'vitest';
import { isTransientStatus, parseRetryAfter, Retries } from '../../src/http/retry.ts';

test('Retry-After is a number of seconds or a date', () => {
  const now = Date.parse('2026-01-01T00:00:00Z');
  expect(parseRetryAfter('120', now)).toBe(120_000);
  expect(parseRetryAfter('Thu, 01 Jan 2026 00:00:30 GMT', now)).toBe(30_000);
  expect(parseRetryAfter('Wed, 31 Dec 2025 23:59:00 GMT', now)).toBe(0);
  expect(parseRetryAfter('soon', now)).toBeNull();
  expect(parseRetryAfter(undefined, now)).toBeNull();
});

test('attempts end, and begin again after progress', async () => {
  const retries = new Retries({ attempts: 3, delayMs: 0 });
  expect([await retries.next(), await retries.next(), await retries.next()]).toEqual([true, true, false]);
  retries.reset();
  expect(await retries.next()).toBe(true);
});

test('a wait that is too long is refused at once', async () => {
  expect(await new Retries({ delayMs: 0, maxDelayMs: 1000 }).next(1001)).toBe(false);
});

test('a wait ends with the signal', async () => {
  const stopped = new AbortController();
  const waiting = new Retries({ delayMs: 60_000 }, stopped.signal).next();
  stopped.abort(new Error('stopped'));
  await expect(waiting).rejects.toThrow('stopped');
});

test('overload and errors of servers can pass; refusals cannot', () => {
  expect([408, 429, 500, 502, 503, 504].every(isTransientStatus)).toBe(true);
  expect([200, 307, 400, 401, 403, 404, 413, 416, 501].some(isTransientStatus)).toBe(false);
});
