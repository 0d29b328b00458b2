import { needs } from '@layers/testing/needs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SNIFF_BYTES, sniffCompression } from '../../src/compression/sniff.ts';
import { concat, gzip, made, sample } from './support.ts';

const bytes = (...values: number[]) => Uint8Array.from(values);
const text = (value: string) => new TextEncoder().encode(value);
const head = (data: Uint8Array) => data.subarray(0, SNIFF_BYTES);

describe('sniffCompression', () => {
  it('recognises gzip by magic number and method', () => {
    expect(sniffCompression(head(gzip(sample(100))))).toBe('gzip');
    expect(sniffCompression(bytes(0x1f, 0x8b, 0x07, 0, 0, 0))).toBeNull();
    expect(sniffCompression(bytes(0x1f, 0x8b))).toBeNull();
  });

  it('recognises zstd frames, and skippable frames before another frame', () => {
    expect(sniffCompression(bytes(0x28, 0xb5, 0x2f, 0xfd, 0))).toBe('zstd');
    const skippable = bytes(0x5c, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1, 2, 3, 4);
    expect(sniffCompression(concat(skippable, bytes(0x28, 0xb5, 0x2f, 0xfd)))).toBe('zstd');
    expect(sniffCompression(concat(skippable, skippable))).toBe('zstd');
    expect(sniffCompression(concat(skippable, text('none')))).toBeNull();
    expect(sniffCompression(bytes(0x50, 0x2a, 0x4d, 0x18, 0xff, 0xff, 0xff, 0x7f, 0, 0, 0, 0))).toBeNull();
    expect(sniffCompression(bytes(0x50, 0x2a, 0x4d, 0x18))).toBeNull();
  });

  it('does not recognise text that starts like bzip2', () => {
    expect(sniffCompression(text('BZh91 is a name, not data'))).toBeNull();
    expect(sniffCompression(concat(text('BZh9'), bytes(0x31, 0x41, 0x59, 0x26, 0x53, 0x59)))).toBe('bzip2');
    expect(sniffCompression(concat(text('BZh1'), bytes(0x17, 0x72, 0x45, 0x38, 0x50, 0x90)))).toBe('bzip2');
    expect(sniffCompression(concat(text('BZh0'), bytes(0x31, 0x41, 0x59, 0x26, 0x53, 0x59)))).toBeNull();
  });

  for (const command of ['gzip', 'zstd', 'xz', 'bzip2'] as const)
    it(`recognises the output of ${command}, also for empty input`, needs(command), () => {
      expect(sniffCompression(head(made(command, ['-c'], sample(500))))).toBe(command);
      expect(sniffCompression(head(made(command, ['-c'], new Uint8Array(0))))).toBe(command);
    });

  it('accepts any bytes of any length', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (data) => {
        sniffCompression(data);
      }),
    );
  });
});
