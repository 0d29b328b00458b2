import { sniffCompression } from '../../compression/sniff.js';
import type { LayerIndex } from './layer-index.js';
import { createLayerSink, type LayerReadOptions } from './layer-sink.js';

/** Indexes a layer that is held in memory: an embedded one (OCI descriptor.md `data`), or a small member. */
export function indexBytes(bytes: Uint8Array, wishes: LayerReadOptions): LayerIndex {
  const sink = createLayerSink(sniffCompression(bytes), wishes, 'portable');
  sink.write(bytes);
  return sink.end();
}
