import { availableParallelism } from 'node:os';
import type { ReadImage } from '@layers/core/image';
import type { Union } from '@layers/core/rootfs';
import { type EmitOptions, emitTar } from '../emit/emit-tar.js';
import type { GeneratedLayer, LayerCompression } from '../image/new-image.js';
import type { PlannedLayer } from './planned-layers.js';
import { spoolImage } from './spooled-image.js';

/**
 * Returns layers that are made from all layers of an image, in any order. Compressed layers are decompressed to temporary
 * files once, for all of them; the files are removed when the last layer was made, or when the process exits.
 */
export function spooledLayers(
  image: ReadImage,
  union: Union,
  planned: readonly PlannedLayer[],
  compression: LayerCompression,
  options: EmitOptions = {},
): GeneratedLayer[] {
  const read = new Set(planned.flatMap(({ plan }) => [...new Set(plan.layer.subarray(0, plan.count))]));
  // One core is for this thread, which hashes the tar.
  const threads = Math.max(1, availableParallelism() - 1);
  const spool = spoolImage(image, (position) => read.has(position), { ...options, threads });
  const left = new Set(planned);
  return planned.map((layer): GeneratedLayer => {
    const { plan, tarBytes } = layer;
    return {
      kind: 'generated',
      tarBytes,
      compression,
      async *tar() {
        left.add(layer);
        yield* emitTar(await spool.open(), union, plan, options);
        left.delete(layer);
        if (left.size === 0) spool.close();
      },
    };
  });
}
