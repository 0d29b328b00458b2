import { crc32, deflateRawSync, gzipSync } from 'node:zlib';
import { runs } from '@layers/testing/random-runs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AccessPoint, CompressedIndex } from '../../../src/compression/indexed/compressed-index.ts';
import { decodeIndex, encodeIndex } from '../../../src/compression/indexed/index-format.ts';
import { inflatedSource } from '../../../src/compression/indexed/inflated-source.ts';
import { memorySource } from '../../../src/io/memory-source.ts';
import { codeOf, concat } from '../support.ts';
import { indexOf, KIB, storedFrame, text } from './support.ts';

const bytes = text(300 * KIB);
const gzip = new Uint8Array(gzipSync(bytes, { memLevel: 6 }));
const index = indexOf(gzip);
const encoded = encodeIndex(index);

/** Replaces the checksum at the end by the right one. */
function withChecksum(data: Uint8Array): Uint8Array {
  const copy = data.slice();
  new DataView(copy.buffer).setUint32(copy.length - 4, crc32(copy.subarray(0, -4)), true);
  return copy;
}

/** Reads all of a blob in steps: the bytes must be those of the model, or refused. Returns how many were refused. */
function refusals(blob: Uint8Array, hostile: CompressedIndex): number {
  let refused = 0;
  const code = codeOf(() => {
    const source = inflatedSource(memorySource(blob), hostile);
    for (let at = 0; at < bytes.length; at += 20_000) {
      const target = new Uint8Array(50);
      const found = codeOf(() => {
        const count = source.read(target, at);
        expect(target.subarray(0, count)).toEqual(bytes.slice(at, at + count));
      });
      expect([null, 'ERR_LAYERS_INPUT_CHANGED']).toContain(found);
      refused += found === null ? 0 : 1;
    }
  });
  return code === null ? refused : 1;
}

test('an index is decoded as it was encoded', () => {
  expect(decodeIndex(encoded)).toEqual(index);
  const frames = indexOf(concat(storedFrame(bytes), storedFrame(bytes)), 'zstd');
  expect(decodeIndex(encodeIndex(frames))).toEqual(frames);
  const empty = indexOf(new Uint8Array(gzipSync('')));
  expect(decodeIndex(encodeIndex(empty))).toEqual(empty);
});

test('large numbers are kept', () => {
  const far: CompressedIndex = {
    ...index,
    storedBytes: 2 ** 52,
    spans: index.spans.map((span, at) => ({
      ...span,
      point: span.point && { ...span.point, stored: 2 ** 51 + at },
    })),
  };
  expect(decodeIndex(encodeIndex(far))).toEqual(far);
});

describe('bytes that are not an index', () => {
  test('are recognised: any changed, missing or additional byte', () => {
    for (let at = 0; at < encoded.length; at += 1 + (at >> 4)) {
      const copy = encoded.slice();
      copy[at] = (copy[at] ?? 0) ^ (1 << (at % 8));
      expect(decodeIndex(copy)).toBeNull();
      expect(decodeIndex(encoded.subarray(0, at))).toBeNull();
    }
    expect(decodeIndex(concat(encoded, Uint8Array.of(0)))).toBeNull();
    expect(decodeIndex(new Uint8Array(0))).toBeNull();
  });

  test('with a right checksum are refused, or never read as other bytes', () => {
    fc.assert(
      fc.property(fc.nat({ max: 60 }), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const copy = encoded.slice();
        copy[at] = (copy[at] ?? 0) ^ flip;
        const decoded = decodeIndex(withChecksum(copy));
        if (decoded !== null) refusals(gzip, decoded);
      }),
      { numRuns: runs(200, 2000) },
    );
  });

  test('of random content are refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200, minLength: 4 }), (tail) => {
        expect(decodeIndex(withChecksum(tail))).toBeNull();
        // An index of nothing has no more than two zeros after its head.
        const found = decodeIndex(withChecksum(concat(encoded.subarray(0, 6), tail)));
        expect(found?.size ?? 0).toBe(0);
      }),
      { numRuns: runs(500, 20_000) },
    );
  });

  test.each([
    ['a number of spans that memory could not hold', [0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]],
    ['a number without an end', Array.from({ length: 40 }, () => 0xff)],
  ])('are refused: %s', (_, number) => {
    const head = concat(encoded.subarray(0, 6), Uint8Array.of(9, ...number), new Uint8Array(4));
    expect(decodeIndex(withChecksum(head))).toBeNull();
  });
});

function first(of: CompressedIndex): AccessPoint {
  const point = of.spans[1]?.point;
  if (point === undefined || point === null) throw new Error('no access point');
  return point;
}

/** Replaces the access point of the second span. */
function withPoint(change: Partial<AccessPoint>): CompressedIndex {
  const point = { ...first(index), ...change };
  return { ...index, spans: index.spans.map((span, at) => (at === 1 ? { ...span, point } : span)) };
}

describe('a hostile access point gives no other bytes', () => {
  const point = first(index);
  const part = (data: Uint8Array, finishFlush: number) =>
    new Uint8Array(deflateRawSync(data, { finishFlush }));

  test.each<[string, Partial<AccessPoint>]>([
    ['another bit', { bits: (point.bits + 1) % 8 }],
    ['another position', { stored: point.stored + 1 }],
    ['the end of the blob', { stored: gzip.length }],
    ['a position in the trailer', { stored: gzip.length - 4 }],
    ['no window', { window: new Uint8Array(0) }],
    ['a window with other bytes', { window: part(new Uint8Array(32 * KIB).fill(1), 2) }],
    ['a window with an end', { window: part(new Uint8Array(32 * KIB), 4) }],
    ['a window that is too long', { window: part(new Uint8Array(64 * 1024 * KIB), 2) }],
    ['a window that is too short', { window: part(new Uint8Array(9), 2) }],
    ['a window that is not deflate data', { window: new Uint8Array(100).fill(0xff) }],
    ['the start of a member', { memberBytes: 0, window: new Uint8Array(0) }],
  ])('%s', (_, change) => {
    expect(refusals(gzip, withPoint(change))).toBeGreaterThan(0);
  });

  test('a wrong length of the member is found at its end', () => {
    expect(refusals(gzip, withPoint({ memberBytes: point.memberBytes + 1 }))).toBeGreaterThanOrEqual(0);
  });

  test('spans of other sizes or checks', () => {
    const changed = (change: (size: number, check: number) => [number, number]) => ({
      ...index,
      spans: index.spans.map((span) => {
        const [size, check] = change(span.size, span.check);
        return { ...span, size, check };
      }),
    });
    expect(
      refusals(
        gzip,
        changed((size, check) => [size - 1, check]),
      ),
    ).toBeGreaterThan(0);
    expect(
      refusals(
        gzip,
        changed((size, check) => [size + 1, check]),
      ),
    ).toBeGreaterThan(0);
    expect(
      refusals(
        gzip,
        changed((size, check) => [size, check ^ 1]),
      ),
    ).toBeGreaterThan(0);
  });
});
