import Tinypool from 'tinypool';
import type { BlockCompressor } from './block.js';
import { openBlockCompressor } from './block-compressor.js';
import type { CompressedBlock, CompressJob } from './compress-job.js';

/** `Tinypool.move` accepts an object with a list of buffers to transfer, as documented; its types do not. */
interface Transferrer {
  move(value: object): unknown;
}
const transferrer: Transferrer = Tinypool;

/** The last used compressor: all blocks of a stream need the same. */
let last: { readonly key: string; readonly compressor: Promise<BlockCompressor> } | undefined;

async function compressorFor({ kind, level }: CompressJob): Promise<BlockCompressor> {
  const key = `${kind} ${level}`;
  if (last?.key === key) return last.compressor;
  const previous = last;
  last = { key, compressor: openBlockCompressor(kind, level) };
  (await previous?.compressor)?.close();
  return last.compressor;
}

/** Compresses a block in a worker thread, and transfers its buffer back. */
export default async function compressJob(job: CompressJob): Promise<unknown> {
  const compressor = await compressorFor(job);
  const { buffer, outputStart } = job.block;
  const result: CompressedBlock = { buffer, start: outputStart, bytes: compressor.compress(job.block) };
  return transferrer.move({
    [Tinypool.transferableSymbol]: [buffer.buffer],
    [Tinypool.valueSymbol]: result,
  });
}
