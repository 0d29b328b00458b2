import { expect, it } from 'vitest';
import { BinaryFields } from '../../../src/packages/languages/binary-fields.ts';
import { MalformedFile } from '../../../src/packages/languages/malformed-file.ts';

const bytes = Uint8Array.from([0x61, 0x62, 0, 1, 0, 0, 0, 0, 0, 0]);
const little = new BinaryFields(bytes, true);
const big = new BinaryFields(bytes, false);

it('numbers are read in either order', () => {
  expect([little.u8(3), little.u16(2), little.u32(2), little.u64(2), little.word(2, 4)]).toEqual([
    1, 256, 256, 256, 256,
  ]);
  expect([big.u16(2), big.u32(2), big.word(2, 4)]).toEqual([1, 65_536, 65_536]);
});

it('numbers that are no position of a file are refused', () => {
  expect(() => big.u64(1)).toThrow(MalformedFile);
  expect(new BinaryFields(Uint8Array.of(0, 0x1f, 255, 255, 255, 255, 255, 255), false).u64(0)).toBe(
    Number.MAX_SAFE_INTEGER,
  );
});

it('texts end at the first NUL, at the length, or with the bytes', () => {
  expect([little.text(0, 10), little.text(0, 1), little.text(3, 1), little.text(10, 5)]).toEqual([
    'ab',
    'a',
    '\u0001',
    '',
  ]);
});

it('nothing is read outside of the bytes', () => {
  for (const read of [
    () => little.u8(10),
    () => little.u16(9),
    () => little.u32(7),
    () => little.u64(3),
    () => little.u8(-1),
    () => little.u8(Number.NaN),
    () => little.text(11, 1),
  ]) {
    expect(read).toThrow(MalformedFile);
  }
});
