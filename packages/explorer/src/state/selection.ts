import { Kind, NONE, nodePath } from '@layers/core/rootfs';
import type { PathState } from '@layers/insight/events';
import type { LayerRange } from '../tree/layer-range.js';
import type { PathIndex } from '../tree/path-index.js';
import type { ContentPlace } from './effect.js';

/** Returns the content of a node in a tree; of a deleted file, the one that it had. Null where it is not a file. */
export function contentOf(index: PathIndex, node: number, range: LayerRange): ContentPlace | null {
  return node === NONE ? null : placeOf(index, node, index.stateIn(node, range));
}

/** Returns the content of a state of a node; null where it is not a file. */
export function placeOf(index: PathIndex, node: number, state: PathState | null): ContentPlace | null {
  if (state === null || state.kind !== Kind.file) return null;
  return {
    layer: state.layer,
    entry: state.entry,
    sizeBytes: index.sizeOf(state),
    path: nodePath(index.events.union, node),
  };
}

/** Returns the last layer, up to that of a tree, after which a node existed; -1 for none. */
export function lastLayerWith(index: PathIndex, node: number, { from, to }: LayerRange): number {
  const event = index.eventAt(node, to);
  return event === NONE || !index.events.isDeletion(event) ? to : from - 1;
}

/** Returns a name for a new file: that of the image, without characters that no file should have. */
export function localName(path: Uint8Array): string {
  const name = Buffer.from(path.subarray(path.lastIndexOf(0x2f) + 1)).toString('utf8');
  const safe = name.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\ufffd\\/]/gu, '_');
  return safe === '' || safe === '.' || safe === '..' ? 'root' : safe;
}
