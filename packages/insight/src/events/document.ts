import { describeEntry, type ListedEntry } from '@layers/core/analysis';
import { type NodeType, nodeTypeOf, type Union } from '@layers/core/rootfs';
import type { PathChange, PathEvent } from './path-events.js';

/** What one layer does to one path, with the attributes of the path after it; of a deleted path, before it. */
export interface PathEventDocument
  extends Omit<ListedEntry, 'path' | 'pathBase64' | 'type' | 'layer' | 'digest'> {
  /** Position of the layer. */
  readonly layer: number;
  readonly change: PathChange;
  readonly type: NodeType;
  /** Instruction of the layer; null where the history does not contain it. */
  readonly instruction: string | null;
}

const NO_PATH = new Uint8Array(0);

/** Returns an event as documents contain it. */
export function describeEvent(
  { layers }: Union,
  { layer, change, state }: PathEvent,
  instructions: readonly (string | null)[],
): PathEventDocument {
  const changeset = layers[state.layer];
  const type = nodeTypeOf(state.kind) ?? 'file';
  const instruction = instructions[layer] ?? null;
  if (changeset === undefined)
    return { layer, change, type, sizeBytes: 0, mode: 0o755, uid: 0, gid: 0, mtime: 0, instruction };
  const {
    path: _,
    type: __,
    layer: ___,
    ...attributes
  } = describeEntry(changeset, state.entry, state.layer, type, NO_PATH);
  return { layer, change, type, ...attributes, instruction };
}
