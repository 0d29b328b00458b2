import { describe, expect, it } from 'vitest';
import { parseImageFilter, referenceMatchesPattern } from '../../src/commands/images-filter.ts';

describe('parseImageFilter', () => {
  it('parses all conditions, and the name after the command', () => {
    const words = ['dangling=FALSE', 'label=a', 'label=b=c=d', 'before=x', 'since=y:1', 'reference=z*'];
    expect(parseImageFilter(words, 'app')).toEqual({
      dangling: false,
      labels: [
        { name: 'a', value: null },
        { name: 'b', value: 'c=d' },
      ],
      before: ['x'],
      since: ['y:1'],
      references: ['z*', 'app'],
    });
  });

  it.each(['', 'dangling', 'dangling=2', 'label=', 'until=1h'])('refuses %j', (word) => {
    expect(() => parseImageFilter([word], undefined)).toThrow(
      expect.objectContaining({ code: 'ERR_LAYERS_USAGE' }),
    );
  });
});

describe('referenceMatchesPattern', () => {
  it.each([
    ['alpine', 'alpine:3.20', true],
    ['alpine:3.20', 'alpine:3.20', true],
    ['alpine:latest', 'alpine:3.20', false],
    ['docker.io/library/alpine', 'alpine:3.20', true],
    ['docker.io/library/alpine:3.20', 'alpine:3.20', true],
    ['alpine*', 'alpine:3.20', true],
    ['*:3.*', 'alpine:3.20', true],
    ['*:3.*', 'me/alpine:3.20', false],
    ['*/*:3.*', 'me/alpine:3.20', true],
    ['localhost:5000/app', 'localhost:5000/app:1', true],
    ['alp', 'alpine:3.20', false],
    ['latest', 'latest', true],
    ['alpine', null, false],
  ])('%s and %s: %s', (pattern, reference, matches) => {
    expect(referenceMatchesPattern(pattern, reference)).toBe(matches);
  });
});
