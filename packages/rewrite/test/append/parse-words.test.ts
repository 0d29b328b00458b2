import { expect, test } from 'vitest';
import { parseAddition, parseMode, parseOwner } from '../../src/append/parse-words.ts';

const usage = expect.objectContaining({ code: 'ERR_LAYERS_USAGE', hint: expect.any(String) });
const there =
  (...paths: string[]) =>
  (path: string): boolean =>
    paths.includes(path);

test.each([
  ['dir', [], 'dir', '/'],
  ['dir:/dest', ['dir'], 'dir', '/dest'],
  ['dir:/dest/', [], 'dir', '/dest/'],
  ['a:/b', ['a:/b', 'a'], 'a:/b', '/'],
  ['a:/b:/c', ['a:/b', 'a'], 'a:/b', '/c'],
  ['a:/b:/c', ['a'], 'a', '/b:/c'],
  ['a:/b:/c', [], 'a:/b', '/c'],
  ['a:b', ['a:b'], 'a:b', '/'],
  ['a:b', [], 'a:b', '/'],
])('%j with %j there is %j to %j', (word, paths, source, destination) => {
  expect(parseAddition(word, there(...paths))).toEqual({ source, destination });
});

test('a destination that is not from the root is refused, and so is nothing', () => {
  expect(() => parseAddition('a:b', there('a'))).toThrow(usage);
  expect(() => parseAddition('')).toThrow(usage);
});

test('owners and modes are numbers', () => {
  expect(parseOwner('1000:50')).toEqual({ uid: 1000, gid: 50 });
  expect(parseOwner('7')).toEqual({ uid: 7, gid: 7 });
  expect(parseOwner('keep')).toBe('keep');
  expect([parseMode('755'), parseMode('0644'), parseMode('4755')]).toEqual([0o755, 0o644, 0o4755]);
  for (const word of ['root', '1:', '-1', '4294967296', '']) expect(() => parseOwner(word)).toThrow(usage);
  for (const word of ['u+x', '99', '888', '', '77777']) expect(() => parseMode(word)).toThrow(usage);
});
