import { describe, expect, it } from 'vitest';
import { nearestNames } from '../../src/input/nearest-names.ts';

const NAMES = ['alpine:3.19', 'alpine:3.20', 'nginx:1.27', 'me/app:1', 'registry.example/team/app:2'];

describe('nearestNames', () => {
  it.each([
    ['alpine', ['alpine:3.19', 'alpine:3.20']],
    ['alpine:3.21', ['alpine:3.20', 'alpine:3.19']],
    ['alpin:3.20', ['alpine:3.20', 'alpine:3.19']],
    ['ngnix', ['nginx:1.27']],
    ['app:2', ['registry.example/team/app:2', 'me/app:1']],
    ['postgres', []],
    ['', []],
  ])('%s: %j', (name, expected) => {
    expect(nearestNames(name, NAMES)).toEqual(expected);
  });

  it('is fast for long names', () => {
    expect(
      nearestNames(
        'a'.repeat(5000),
        Array.from({ length: 1000 }, (_, i) => `${'b'.repeat(2000)}${i}`),
      ),
    ).toEqual([]);
  }, 20_000);
});
