import type { Block, BlockBuffers, BlockSizes } from './block.js';

/**
 * Cuts a stream into blocks of `blockBytes`, the last of which may be shorter: always at the same places, however
 * the stream comes. An empty stream is one empty block. The buffer of each block is the taker's until given back.
 */
export async function* splitBlocks(
  chunks: AsyncIterable<Uint8Array>,
  sizes: BlockSizes,
  buffers: BlockBuffers,
): AsyncGenerator<Block, void, undefined> {
  let buffer = buffers.take();
  let from = 0;
  let to = 0;
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; ) {
      // A full block waits for one more byte: only then is it known not to be the last.
      if (to - from === sizes.blockBytes) {
        const next = buffers.take();
        const dictionaryBytes = Math.min(to, sizes.dictionaryBytes);
        next.set(buffer.subarray(to - dictionaryBytes, to));
        yield { buffer, from, to, room: buffers.room, last: false };
        buffer = next;
        from = dictionaryBytes;
        to = from;
      }
      const taken = Math.min(chunk.length - at, from + sizes.blockBytes - to);
      buffer.set(taken === chunk.length ? chunk : chunk.subarray(at, at + taken), to);
      to += taken;
      at += taken;
    }
  }
  yield { buffer, from, to, room: buffers.room, last: true };
}
