import { expect, test } from 'vitest';
import { parseAddition, parseMode, parseOwner } from '../../src/flags/append-flags.ts';

const usage = expect.objectContaining({ code: 'ERR_LAYERS_USAGE', hint: expect.any(String) });
const existing =
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
])('--add %j, where %j exist, adds %j at %j', (value, paths, source, destination) => {
  expect(parseAddition(value, existing(...paths))).toEqual({ source, destination });
});

test('a relative destination and an empty value are rejected', () => {
  expect(() => parseAddition('a:b', existing('a'))).toThrow(usage);
  expect(() => parseAddition('')).toThrow(usage);
});

test('owners are numbers or keep; modes are octal numbers', () => {
  expect(parseOwner('1000:50')).toEqual({ uid: 1000, gid: 50 });
  expect(parseOwner('7')).toEqual({ uid: 7, gid: 7 });
  expect(parseOwner('keep')).toBe('keep');
  expect([parseMode('755'), parseMode('0644'), parseMode('4755')]).toEqual([0o755, 0o644, 0o4755]);
  for (const value of ['root', '1:', '-1', '4294967296', '']) expect(() => parseOwner(value)).toThrow(usage);
  for (const value of ['u+x', '99', '888', '', '77777']) expect(() => parseMode(value)).toThrow(usage);
});
