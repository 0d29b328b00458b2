import { expect, test } from 'vitest';
import { portableZstdDecoder } from '../../src/compression/portable-zstd-decoder.ts';
import { codeOf } from './support.ts';

const MAGIC = [0x28, 0xb5, 0x2f, 0xfd];
/** A block of one repeated byte. */
const TINY_BLOCK = [(1 << 3) | (1 << 1), 0, 0, 0];

test('many tiny blocks under a large window are refused, because fzstd would take hours', () => {
  const header = [...MAGIC, 0x00, 0x78];
  const blocks = Array.from({ length: 100_000 }, () => TINY_BLOCK).flat();
  const decode = (): void => {
    const decoder = portableZstdDecoder();
    for (const _ of decoder.feed(Uint8Array.from([...header, ...blocks])));
    for (const _ of decoder.finish());
  };
  expect(codeOf(decode)).toBe('ERR_LAYERS_ZSTD_WINDOW');
});
