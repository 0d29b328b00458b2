import { existsSync, readdirSync } from 'node:fs';
import { useScratch } from '@layers/testing/scratch';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { HeldContent } from '../../../src/packages/contents/held-content.ts';

const MEBIBYTE = 2 ** 20;
const scratch = useScratch();

beforeEach(() => void vi.stubEnv('TMPDIR', scratch.folder));
afterEach(() => vi.unstubAllEnvs());

/** Pieces of a content: bytes, or the length of a hole. */
function hold(held: HeldContent, pieces: readonly (Uint8Array | number)[]): Buffer {
  held.clear();
  for (const piece of pieces) {
    if (typeof piece === 'number') held.hole(piece);
    else held.write(piece);
  }
  return Buffer.concat(pieces.map((piece) => (typeof piece === 'number' ? Buffer.alloc(piece) : piece)));
}

const CONTENTS: readonly (readonly [string, readonly (Uint8Array | number)[]])[] = [
  ['small', [Buffer.from('abc'), 5, Buffer.from('d')]],
  ['of exactly the limit', [Buffer.alloc(8 * MEBIBYTE, 'x')]],
  ['one byte larger', [Buffer.alloc(8 * MEBIBYTE, 'y'), Buffer.from('z')]],
  ['large, in pieces', Array.from({ length: 9 }, (_, i) => Buffer.alloc(MEBIBYTE + i, i))],
  ['with a hole over the limit', [Buffer.from('a'), 9 * MEBIBYTE, Buffer.from('b'), 7]],
  ['that is a hole', [9 * MEBIBYTE]],
  ['small again', [Buffer.from('e')]],
];

test('contents of any size are read at any position, one after another', () => {
  const held = new HeldContent();
  try {
    for (const [name, pieces] of CONTENTS) {
      const whole = hold(held, pieces);
      expect(held.size, name).toBe(whole.length);
      expect(Buffer.compare(held.read(0, whole.length + 10), whole), name).toBe(0);
      for (const [position, length] of [
        [1, 3],
        [whole.length - 2, 5],
        [8 * MEBIBYTE - 1, 2],
      ] as const) {
        const expected = position < 0 ? Buffer.alloc(0) : whole.subarray(position, position + length);
        expect(Buffer.compare(held.read(position, length), expected), `${name} at ${position}`).toBe(0);
      }
      expect(held.read(whole.length, 1)).toHaveLength(0);
      expect(held.read(Number.NaN, 1)).toHaveLength(0);
    }
  } finally {
    held.close();
  }
});

test('only a large content needs a temporary file, which is removed', () => {
  const held = new HeldContent();
  const before = readdirSync(scratch.folder);
  hold(held, [Buffer.alloc(8 * MEBIBYTE)]);
  expect(readdirSync(scratch.folder)).toEqual(before);
  hold(held, [9 * MEBIBYTE]);
  expect(readdirSync(scratch.folder).length).toBe(before.length + 1);
  held.close();
  expect(readdirSync(scratch.folder)).toEqual(before);
  expect(existsSync(scratch.folder)).toBe(true);
});
