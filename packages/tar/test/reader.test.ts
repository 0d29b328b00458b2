import { runs } from '@layers/testing/random-runs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextHeader } from '../src/reader.ts';
import { anyTar, cuts } from './support/arbitrary.ts';
import { END, globalPax, gnuLong, header, join, member, pax } from './support/build.ts';
import { LONG_TIMEOUT, type PushedReading, push, type Reading, walk } from './support/read.ts';

/**
 * What pushing tells beyond walking: a member is handed on before anybody can know that its data is cut off, and
 * there its data.
 */
function expectSame(bytes: Uint8Array, walked: Reading, pushed: PushedReading): void {
  const cut = walked.error !== null && pushed.entries.length > pushed.finished;
  expect({ ...walked, entries: walked.entries.length }).toEqual({
    error: pushed.error,
    warnings: pushed.warnings,
    entries: pushed.entries.length - (cut ? 1 : 0),
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

describe('walking and pushing', () => {
  it('tell the same of any bytes, in pieces of any length', { timeout: LONG_TIMEOUT }, () => {
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
    // A property that met one kind only would prove little.
    expect(Math.min(whole, failed)).toBeGreaterThan(30);
  });

  const sample = join(
    globalPax(['gid', '4']),
    pax(['path', 'x'], ['SCHILY.xattr.user.a', 'b']),
    member({ name: 'a' }, 'data'),
    gnuLong('L', 'n'.repeat(700)),
    member({ name: 'b' }, new Uint8Array(1500).fill(7)),
    header({ name: 'c', typeflag: '5' }),
    END,
  );

  it('tell the same of a tar that is cut anywhere', () => {
    for (
      let length = 0;
      length <= sample.length;
      length += length % 512 === 511 || length % 512 === 0 ? 1 : 85
    ) {
      const bytes = sample.subarray(0, length);
      expectSame(bytes, walk(bytes), push(bytes, [100]));
    }
  });

  it('take the blocks between a member and its extension for part of its header', () => {
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
    ['missing padding', member({}, 'data').subarray(0, 600), ['tar-padding-missing', 'tar-no-end-marker']],
    ['no padding at all', member({}, 'data').subarray(0, 516), ['tar-padding-missing', 'tar-no-end-marker']],
    ['a lone block of zeros', join(header(), new Uint8Array(512), header(), END), ['tar-lone-zero-block']],
    ['an extension without a member', join(header(), pax(['path', 'x']), END), ['tar-dangling-extension']],
    ['an extension at its very end', pax(['path', 'x']), ['tar-no-end-marker', 'tar-dangling-extension']],
    ['nothing in it', new Uint8Array(0), ['tar-no-end-marker']],
    ['a member after its end', join(header(), END, header()), []],
    ['an empty extension', join(member({ typeflag: 'x' }), header(), END), []],
  ])('warn of a tar with %s', (_, bytes, codes) => {
    const walked = walk(bytes);
    expect(walked.error).toBeNull();
    expect(walked.warnings.map(({ code }) => code)).toEqual(codes);
    expectSame(bytes, walked, push(bytes, [7]));
  });

  it.each<[string, Uint8Array, number]>([
    ['in a header', join(header(), header().subarray(0, 511)), 512],
    ["in a member's bytes", join(header(), member({}, new Uint8Array(600)).subarray(0, 1111)), 1024],
    ['before the first of its bytes', join(header(), header({ size: 5 })), 1024],
    ['in an extension', join(header(), pax(['path', 'x']).subarray(0, 515)), 1024],
    ['before an extension', join(header(), pax(['path', 'x']).subarray(0, 512)), 1024],
  ])('end with the offset where the tar is cut %s', (_, bytes, offset) => {
    const walked = walk(bytes);
    expect(walked.error).toMatchObject({ code: 'ERR_LAYERS_TAR_TRUNCATED', offset });
    expectSame(bytes, walked, push(bytes, [7]));
  });

  it('know where the next header stands', () => {
    const { entries } = walk(sample);
    expect(entries.map(nextHeader)).toEqual(
      entries.map((_, i) => entries[i + 1]?.headerOffset ?? sample.length - 1024),
    );
  });
});
