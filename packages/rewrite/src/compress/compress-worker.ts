import Tinypool from 'tinypool';
import { type BlockCompressor, openBlockCompressor } from './block-compressor.js';
import type { CompressedBlock, CompressJob } from './compress-job.js';

/** The pool's own types know no object that brings its buffers with it, which its documentation describes. */
interface Mover {
  move(value: object): unknown;
}
const mover: Mover = Tinypool;

const opened = new Map<string, Promise<BlockCompressor>>();

function compressorOf(kind: CompressJob['kind']): Promise<BlockCompressor> {
  const compressor = opened.get(kind) ?? openBlockCompressor(kind);
  opened.set(kind, compressor);
  return compressor;
}

/** What runs in a worker thread. */
export default async function work({ kind, level, block }: CompressJob): Promise<unknown> {
  const compress = await compressorOf(kind);
  const result: CompressedBlock = { packed: compress(block, level), buffer: block.buffer };
  return mover.move({
    [Tinypool.transferableSymbol]: [result.packed.buffer, result.buffer.buffer],
    [Tinypool.valueSymbol]: result,
  });
}
