import { runs } from '@layers/testing/random-runs';
import { bytesOf, END, entryWith, globalPax, gnuLong, header, join, pax } from '@layers/testing/raw-tar';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextHeader } from '../src/entry-reader.ts';
import { anyTar, cuts } from './support/arbitrary.ts';
import { LONG_TIMEOUT, type PushedReading, push, type Reading, walk } from './support/read.ts';

/**
 * Compares both ways of reading. The parser reports one entry more where the data of the last one is truncated, as it
 * passes an entry on before its data arrives.
 */
function expectSame(bytes: Uint8Array, walked: Reading, pushed: PushedReading): void {
  const truncated = walked.error !== null && pushed.entries.length > pushed.finished;
  expect({ ...walked, entries: walked.entries.length }).toEqual({
    error: pushed.error,
    warnings: pushed.warnings,
    entries: pushed.entries.length - (truncated ? 1 : 0),
  });
  expect(pushed.entries.slice(0, walked.entries.length)).toEqual(walked.entries);
  pushed.entries.forEach((entry, i) => {
    expect(
      Buffer.compare(
        pushed.headers[i] ?? new Uint8Array(1),
        bytes.subarray(entry.headerOffset, entry.dataOffset),
      ),
    ).toBe(0);
    const stored = bytes.subarray(entry.dataOffset, entry.dataOffset + entry.storedSize);
    expect(Buffer.compare(pushed.data[i] ?? new Uint8Array(1), stored)).toBe(0);
  });
}

describe('walkTar and createTarParser', () => {
  it('give the same result for any bytes, in pieces of any length', { timeout: LONG_TIMEOUT }, () => {
    let whole = 0;
    let failed = 0;
    fc.assert(
      fc.property(anyTar, cuts, (bytes, lengths) => {
        const walked = walk(bytes);
        expectSame(bytes, walked, push(bytes, lengths));
        if (walked.error === null) whole++;
        else failed++;
      }),
      { numRuns: runs(600, 50_000) },
    );
    // The property has to cover valid and invalid tars.
    expect(Math.min(whole, failed)).toBeGreaterThan((whole + failed) / 20);
  });

  const sample = join(
    globalPax(['gid', '4']),
    pax(['path', 'x'], ['SCHILY.xattr.user.a', 'b']),
    entryWith({ name: 'a' }, 'data'),
    gnuLong('L', 'n'.repeat(700)),
    entryWith({ name: 'b' }, new Uint8Array(1500).fill(7)),
    header({ name: 'c', typeflag: '5' }),
    END,
  );

  it('give the same result for a tar that is truncated anywhere', () => {
    for (
      let length = 0;
      length <= sample.length;
      length += length % 512 === 511 || length % 512 === 0 ? 1 : 85
    ) {
      const bytes = sample.subarray(0, length);
      expectSame(bytes, walk(bytes), push(bytes, [100]));
    }
  });

  it('treat the blocks between an extension header and its entry as part of the entry', () => {
    const zero = new Uint8Array(512);
    const bytes = join(
      pax(['uid', '1']),
      zero,
      globalPax(['gid', '2']),
      header(),
      globalPax(['gid', '3']),
      header(),
      END,
    );
    const pushed = push(bytes, [99]);
    expectSame(bytes, walk(bytes), pushed);
    expect(pushed.entries.map(({ headerOffset, dataOffset }) => [headerOffset, dataOffset])).toEqual([
      [0, 3072],
      [4096, 4608],
    ]);
    expect(pushed.warnings.map(({ code }) => code)).toEqual(['tar-lone-zero-block']);
  });

  it.each<[string, Uint8Array, string[]]>([
    ['no end marker', header(), ['tar-no-end-marker']],
    ['half an end marker', join(header(), new Uint8Array(512)), ['tar-no-end-marker']],
    ['missing padding', entryWith({}, 'data').subarray(0, 600), ['tar-padding-missing', 'tar-no-end-marker']],
    [
      'no padding at all',
      entryWith({}, 'data').subarray(0, 516),
      ['tar-padding-missing', 'tar-no-end-marker'],
    ],
    ['a lone block of zeros', join(header(), new Uint8Array(512), header(), END), ['tar-lone-zero-block']],
    ['an extension without an entry', join(header(), pax(['path', 'x']), END), ['tar-dangling-extension']],
    ['an extension as its last block', pax(['path', 'x']), ['tar-no-end-marker', 'tar-dangling-extension']],
    ['no bytes', new Uint8Array(0), ['tar-no-end-marker']],
    ['an entry after its end', join(header(), END, header()), ['tar-trailing-data']],
    ['a byte after its end', join(header(), END, new Uint8Array(5_000), bytesOf('x')), ['tar-trailing-data']],
    ['zeros after its end', join(header(), END, new Uint8Array(5_000)), []],
    ['data far after its end', join(header(), END, new Uint8Array(64 * 1024), bytesOf('x')), []],
    ['an empty extension', join(entryWith({ typeflag: 'x' }), header(), END), []],
  ])('warn about a tar with %s', (_, bytes, codes) => {
    const walked = walk(bytes);
    expect(walked.error).toBeNull();
    expect(walked.warnings.map(({ code }) => code)).toEqual(codes);
    expectSame(bytes, walked, push(bytes, [7]));
  });

  it.each<[string, Uint8Array, number]>([
    ['a header', join(header(), header().subarray(0, 511)), 512],
    ['the data of a file', join(header(), entryWith({}, new Uint8Array(600)).subarray(0, 1111)), 1024],
    ['a file, before its first byte', join(header(), header({ size: 5 })), 1024],
    ['an extension', join(header(), pax(['path', 'x']).subarray(0, 515)), 1024],
    ['an extension, before its body', join(header(), pax(['path', 'x']).subarray(0, 512)), 1024],
  ])('throw with the offset where the tar ends inside %s', (_, bytes, offset) => {
    const walked = walk(bytes);
    expect(walked.error).toMatchObject({ code: 'ERR_LAYERS_TAR_TRUNCATED', offset });
    expectSame(bytes, walked, push(bytes, [7]));
  });

  it('throw for data after an empty tar, which is something else that begins with zeros', () => {
    const after = (zeros: number): Uint8Array => join(new Uint8Array(zeros), Uint8Array.of(0xe2, 0xe1));
    for (const zeros of [1024, 1030, 70_000, 200_000]) {
      const walked = walk(after(zeros));
      expect(walked.error).toMatchObject({ code: 'ERR_LAYERS_NOT_A_TAR', offset: zeros });
      for (const piece of [7, 512, 100_000]) expectSame(after(zeros), walked, push(after(zeros), [piece]));
    }
    for (const zeros of [1024, 10_240, 200_000]) expect(walk(new Uint8Array(zeros)).error).toBeNull();
    expect(walk(join(globalPax(['gid', '1']), END, after(0))).error).toBeNull();
  });

  it('find the next header', () => {
    const { entries } = walk(sample);
    expect(entries.map(nextHeader)).toEqual(
      entries.map((_, i) => entries[i + 1]?.headerOffset ?? sample.length - 1024),
    );
  });
});
