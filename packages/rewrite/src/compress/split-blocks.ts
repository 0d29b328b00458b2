import type { Block, BlockSizes, BufferPool } from './block.js';

/**
 * Splits a stream into blocks of `blockBytes`; the last one may be shorter. Chunk boundaries make no difference. An empty
 * stream is one empty block. The consumer releases the buffer of each block.
 */
export async function* splitBlocks(
  chunks: AsyncIterable<Uint8Array>,
  sizes: BlockSizes,
  buffers: BufferPool,
): AsyncGenerator<Block, void, undefined> {
  const { outputStart } = buffers;
  let buffer = buffers.acquire();
  let start = 0;
  let end = 0;
  for await (const chunk of chunks) {
    for (let position = 0; position < chunk.length; ) {
      // A full block is yielded only when another byte follows, because it may be the last one.
      if (end - start === sizes.blockBytes) {
        const next = buffers.acquire();
        const dictionaryBytes = Math.min(end, sizes.dictionaryBytes);
        next.set(buffer.subarray(end - dictionaryBytes, end));
        yield { buffer, start, end, outputStart, isLast: false };
        buffer = next;
        start = dictionaryBytes;
        end = start;
      }
      const count = Math.min(chunk.length - position, start + sizes.blockBytes - end);
      buffer.set(count === chunk.length ? chunk : chunk.subarray(position, position + count), end);
      end += count;
      position += count;
    }
  }
  yield { buffer, start, end, outputStart, isLast: true };
}
