import type { ContentComparer } from '../../image/contents/compare-contents.js';
import { Yielder } from '../../io/yielder.js';
import { Kind } from '../../rootfs/kind.js';
import type { Union } from '../../rootfs/union.js';
import { contentKey } from '../files/content-key.js';
import { placeOf } from '../files/decide-contents.js';

/** The paths that only one of two trees has. */
export interface OneSided {
  readonly union: Union;
  readonly nodes: number[];
  /** Identifies contents across both trees, by `contentKey`. Has only contents that both trees have. */
  readonly classes: Map<number, string>;
  /** Nodes that are part of a rename. */
  readonly moved: Set<number>;
}

export function createOneSided(union: Union): OneSided {
  return { union, nodes: [], classes: new Map(), moved: new Set() };
}

/** Returns the size of a file in bytes; 0 for other types. */
export function fileSize(union: Union, node: number): number {
  const { nodes, layers } = union;
  return nodes.kindOf(node) === Kind.file ? (layers[nodes.layerOf(node)]?.size[nodes.entryOf(node)] ?? 0) : 0;
}

/** Assigns a class to each content that both trees have: two contents have the same class if their bytes are equal. */
export async function classify(
  removed: OneSided,
  added: OneSided,
  comparer: ContentComparer,
  signal: AbortSignal | undefined,
): Promise<void> {
  const yielder = new Yielder({ signal });
  const sizes = (side: OneSided): Set<number> =>
    new Set(side.nodes.map((node) => fileSize(side.union, node)));
  const [removedSizes, addedSizes] = [sizes(removed), sizes(added)];
  const common = new Set([...removedSizes].filter((size) => size > 0 && addedSizes.has(size)));
  const classifySide = async (
    side: OneSided,
    fingerprint: ContentComparer['fingerprintA'],
    wanted: ReadonlySet<string> | null,
  ): Promise<void> => {
    for (const node of side.nodes) {
      const size = fileSize(side.union, node);
      const key = contentKey(side.union, node);
      if (!common.has(size) || side.classes.has(key)) continue;
      const place = placeOf(side.union, node);
      const changeset = side.union.layers[place.layer];
      // The stored bytes of a sparse file do not identify its content without its map.
      if (changeset === undefined || changeset.sparse.has(place.entry)) continue;
      const print = fingerprint(place);
      if (yielder.count(size)) await yielder.pause();
      if (print === null) continue;
      const content = `${size} ${Buffer.from(print).toString('latin1')}`;
      if (wanted === null || wanted.has(content)) side.classes.set(key, content);
    }
  };
  // The smaller side first, so that only common classes of the larger side are stored.
  const removedFirst = removed.nodes.length <= added.nodes.length;
  if (removedFirst) await classifySide(removed, comparer.fingerprintA, null);
  await classifySide(added, comparer.fingerprintB, removedFirst ? new Set(removed.classes.values()) : null);
  if (!removedFirst) await classifySide(removed, comparer.fingerprintA, new Set(added.classes.values()));
  keepCommon(removedFirst ? removed : added, removedFirst ? added : removed);
}

function keepCommon(side: OneSided, other: OneSided): void {
  const classes = new Set(other.classes.values());
  for (const [key, content] of side.classes) if (!classes.has(content)) side.classes.delete(key);
}
