import Tinypool from 'tinypool';
import { digestRange } from '../../digest/digest-range.js';
import { buffersOf } from '../../rootfs/changeset.js';
import { hashRing } from './hash-ring.js';
import { indexLayer } from './index-layer.js';
import type { LayerJob } from './layer-job.js';

/** The pool's own types know no object that brings its buffers with it, which its documentation describes. */
interface Mover {
  move(value: object): unknown;
}
const mover: Mover = Tinypool;

/** What runs in a worker thread. An index's columns are handed over rather than copied. */
export default function work(job: LayerJob): unknown {
  if (job.do === 'hash') return hashRing(job.ring, job.algorithms);
  if (job.do === 'digest') return digestRange(job.range, job.algorithms);
  const index = indexLayer(job.task, job.ring);
  return mover.move({
    [Tinypool.transferableSymbol]: buffersOf(index.changeset),
    [Tinypool.valueSymbol]: index,
  });
}
