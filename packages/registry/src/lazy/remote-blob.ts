import type { Digest } from '@layers/core/digest';
import type { RemoteLayer } from '@layers/core/image';
import type { Descriptor } from '@layers/core/oci';
import type { ImageGraph } from '../copy/image-graph.js';

/** Returns a layer of an image, whose bytes are requested when they are read. */
export function remoteLayer(
  { repository }: ImageGraph,
  { digest, size }: Descriptor,
  diffId: Digest | null,
): RemoteLayer {
  const blob = { digest, size };
  return {
    digest,
    diffId,
    size,
    blob: {
      name: `the layer ${digest}`,
      range: (from, to) => repository.blob(blob, { from, to, checksDigest: false }),
    },
    stored: () => repository.blob(blob, { freesMemory: true }),
  };
}
