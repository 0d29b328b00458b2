import { existsSync, readdirSync } from 'node:fs';
import { useScratch } from '@layers/testing/scratch';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { HeldContent as BrowserHeldContent } from '../../../src/packages/contents/held-content.browser.ts';
import { HeldContent } from '../../../src/packages/contents/held-content.ts';

const MEBIBYTE = 2 ** 20;
const scratch = useScratch();

beforeEach(() => {
  vi.stubEnv('TMPDIR', scratch.folder);
  vi.stubGlobal('Blob', BlobInMemory);
  vi.stubGlobal('FileReaderSync', ReaderOfMemory);
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

/** Node reads no Blob without waiting. */
class BlobInMemory {
  readonly bytes: Uint8Array;

  constructor(parts: readonly Uint8Array[]) {
    this.bytes = new Uint8Array(Buffer.concat(parts));
  }
}

class ReaderOfMemory {
  readAsArrayBuffer({ bytes }: BlobInMemory): ArrayBufferLike {
    return bytes.buffer;
  }
}

/** Pieces of a content: bytes, or the length of a hole. */
function hold(
  held: Pick<HeldContent, 'clear' | 'hole' | 'write'>,
  pieces: readonly (Uint8Array | number)[],
): Buffer {
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
  ['with a hole up to a piece', [Buffer.from('f'), 4 * MEBIBYTE - 1, Buffer.from('g'), 4 * MEBIBYTE]],
  ['with bytes where a hole was', [Buffer.alloc(5 * MEBIBYTE, 'h'), 4 * MEBIBYTE, Buffer.from('i')]],
  ['small again', [Buffer.from('e')]],
];

test.each([
  ['Node', HeldContent],
  ['browsers', BrowserHeldContent],
])('contents of any size are read at any position, one after another: %s', (_, Implementation) => {
  const held = new Implementation();
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

test('a hole takes no space in browsers', () => {
  const held = new BrowserHeldContent();
  held.write(Buffer.from('a'));
  held.hole(2 ** 50);
  held.write(Buffer.from('b'));
  expect(held.size).toBe(2 ** 50 + 2);
  expect(Buffer.from(held.read(0, 2)).toString('latin1')).toBe('a\0');
  expect(Buffer.from(held.read(2 ** 50 - 1, 9)).toString('latin1')).toBe('\0\0b');
  held.close();
});
