import Tinypool from 'tinypool';
import type { BlockCompressor } from './block.js';
import { openBlockCompressor } from './block-compressor.js';
import type { CompressedBlock, CompressJob } from './compress-job.js';

/** The pool's own types know no object that brings its buffers with it, which its documentation describes. */
interface Mover {
  move(value: object): unknown;
}
const mover: Mover = Tinypool;

/** The one that was used last: a stream is compressed in one way. */
let opened: { readonly key: string; readonly compressor: Promise<BlockCompressor> } | undefined;

async function compressorOf({ kind, level }: CompressJob): Promise<BlockCompressor> {
  const key = `${kind} ${level}`;
  if (opened?.key === key) return opened.compressor;
  const former = opened;
  opened = { key, compressor: openBlockCompressor(kind, level) };
  (await former?.compressor)?.close();
  return opened.compressor;
}

/** What runs in a worker thread. */
export default async function work(job: CompressJob): Promise<unknown> {
  const compressor = await compressorOf(job);
  const { buffer, room } = job.block;
  const result: CompressedBlock = { buffer, room, bytes: compressor.compress(job.block) };
  return mover.move({
    [Tinypool.transferableSymbol]: [buffer.buffer],
    [Tinypool.valueSymbol]: result,
  });
}
