import { bytesOf } from '@layers/testing/raw-tar';
import { describe, expect, it } from 'vitest';
import { copyOf, isZeroBlock, paddedTo512, untilNul } from '../src/block.ts';

describe('blocks', () => {
  it('round sizes up, up to the largest sizes', () => {
    expect([0, 1, 511, 512, 513, 2 ** 53 - 1].map(paddedTo512)).toEqual([0, 512, 512, 512, 1024, 2 ** 53]);
  });

  it('are zero blocks only where all bytes are zero', () => {
    const block = new Uint8Array(1024);
    expect(isZeroBlock(block, 512)).toBe(true);
    block[1023] = 1;
    expect([isZeroBlock(block, 0), isZeroBlock(block, 512)]).toEqual([true, false]);
  });

  it('have fields that end at a NUL or at their full length', () => {
    const bytes = bytesOf('abc\0def');
    expect(untilNul(bytes, 0, 7)).toEqual(bytesOf('abc'));
    expect(untilNul(bytes, 4, 7)).toEqual(bytesOf('def'));
    expect(untilNul(bytes, 3, 7)).toHaveLength(0);
  });

  it('are copied from a Buffer', () => {
    const buffer = Buffer.from('abc');
    const copy = copyOf(buffer);
    buffer.fill(0);
    expect(copy).toEqual(bytesOf('abc'));
  });
});
