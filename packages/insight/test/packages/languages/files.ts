import type { RandomAccessFile } from '../../../src/packages/languages/language-package.ts';

/** Readers ask for at most this many bytes at once. */
const MAX_READ = 2 ** 20;

/**
 * Returns a file with this content. A view that it returned becomes invalid with the next read, and reads outside of the
 * contract fail.
 */
export function fileOf(
  path: string,
  content: Uint8Array | string,
): RandomAccessFile & { readonly reads: number } {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  let reads = 0;
  let last: Uint8Array | null = null;
  return {
    path,
    size: bytes.length,
    get reads() {
      return reads;
    },
    read(position, length) {
      if (!Number.isSafeInteger(position) || position < 0 || !(length >= 0 && length <= MAX_READ)) {
        throw new TypeError(`read of ${length} bytes at ${position}`);
      }
      reads++;
      last?.fill(0xaa);
      last = Uint8Array.from(bytes.subarray(position, position + length));
      return last;
    },
  };
}
