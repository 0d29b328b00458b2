import Tinypool from 'tinypool';
import { openReference } from '../../compression/open-reference.js';
import { digestSource } from '../../digest/digest-source.js';
import { buffersOf } from '../../rootfs/changeset.js';
import { encodedPoints } from './encoded-points.js';
import { hashRing } from './hash-ring.js';
import { indexLayer } from './index-layer.js';
import type { LayerJob } from './layer-job.js';

/** Tinypool's types lack the form of `move` that its documentation describes: an object with its buffers. */
interface Mover {
  move(value: object): unknown;
}
const mover: Mover = Tinypool;

/** Runs in a worker thread. Transfers the columns of an index instead of copying them. */
export default function work(job: LayerJob): unknown {
  if (job.do === 'hash') return hashRing(job.ring, job.algorithms);
  if (job.do === 'digest') return digestSource(openReference(job.source), job.algorithms);
  if (job.do === 'points') return encodedPoints(openReference(job.source), job.compression);
  const index = indexLayer({ ...job.task, source: openReference(job.source) }, job.ring);
  return mover.move({
    [Tinypool.transferableSymbol]: buffersOf(index.changeset),
    [Tinypool.valueSymbol]: index,
  });
}
