import { Kind, NONE, nodePath } from '@layers/core/rootfs';
import type { PathIndex } from '../tree/path-index.js';
import type { ContentPlace } from './effect.js';

/** Returns the content of a node after a layer; of a deleted file, the one that it had. Null where it is not a file. */
export function contentOf(index: PathIndex, node: number, layer: number): ContentPlace | null {
  const state = node === NONE ? null : index.stateAt(node, layer);
  if (state === null || state.kind !== Kind.file) return null;
  return {
    layer: state.layer,
    entry: state.entry,
    sizeBytes: index.sizeOf(state),
    path: nodePath(index.events.union, node),
  };
}

/** Returns the last layer, up to `layer`, after which a node existed; -1 for none. */
export function lastLayerWith(index: PathIndex, node: number, layer: number): number {
  const event = index.eventAt(node, layer);
  if (event === NONE || !index.events.isDeletion(event)) return layer;
  return index.events.layerOf(event) - 1;
}

/** Returns a name for a new file: that of the image, without characters that no file should have. */
export function localName(path: Uint8Array): string {
  const name = Buffer.from(path.subarray(path.lastIndexOf(0x2f) + 1)).toString('utf8');
  const safe = name.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\ufffd\\/]/gu, '_');
  return safe === '' || safe === '.' || safe === '..' ? 'root' : safe;
}
