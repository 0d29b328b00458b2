import type { ContentComparer } from '../../image/contents/compare-contents.js';
import { Yielder } from '../../io/yielder.js';
import { Kind } from '../../rootfs/kind.js';
import type { Union } from '../../rootfs/union.js';
import { contentKey } from '../files/content-key.js';
import { placeOf } from '../files/decide-contents.js';

/** The paths that only one of two trees has, and what was found out about them. */
export interface OneSided {
  readonly union: Union;
  readonly nodes: number[];
  /** What tells a content from others of both sides, by layer and entry; only where both sides may have it. */
  readonly classes: Map<number, string>;
  /** Nodes that a rename accounts for. */
  readonly moved: Set<number>;
}

export function createOneSided(union: Union): OneSided {
  return { union, nodes: [], classes: new Map(), moved: new Set() };
}

/** Bytes of a file, 0 for all else. */
export function fileSize(union: Union, node: number): number {
  const { nodes, layers } = union;
  return nodes.kindOf(node) === Kind.file ? (layers[nodes.layerOf(node)]?.size[nodes.entryOf(node)] ?? 0) : 0;
}

/** Gives every content a class that both sides share exactly where its bytes are the same. */
export async function classify(
  gone: OneSided,
  come: OneSided,
  comparer: ContentComparer,
  signal: AbortSignal | undefined,
): Promise<void> {
  const yielder = new Yielder({ signal });
  const sizes = (side: OneSided): Set<number> =>
    new Set(side.nodes.map((node) => fileSize(side.union, node)));
  const [sizesGone, sizesCome] = [sizes(gone), sizes(come)];
  const common = new Set([...sizesGone].filter((size) => size > 0 && sizesCome.has(size)));
  const take = async (
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
      // The bytes of a sparse file tell nothing without its map, and one is rarely moved.
      if (changeset === undefined || changeset.sparse.has(place.entry)) continue;
      const print = fingerprint(place);
      if (yielder.count(size)) await yielder.pause();
      if (print === null) continue;
      const content = `${size} ${Buffer.from(print).toString('latin1')}`;
      if (wanted === null || wanted.has(content)) side.classes.set(key, content);
    }
  };
  // The smaller side first: of the larger one only what is there too is kept.
  const goneFirst = gone.nodes.length <= come.nodes.length;
  if (goneFirst) await take(gone, comparer.fingerprintA, null);
  await take(come, comparer.fingerprintB, goneFirst ? new Set(gone.classes.values()) : null);
  if (!goneFirst) await take(gone, comparer.fingerprintA, new Set(come.classes.values()));
  keepCommon(goneFirst ? gone : come, goneFirst ? come : gone);
}

function keepCommon(side: OneSided, other: OneSided): void {
  const met = new Set(other.classes.values());
  for (const [key, content] of side.classes) if (!met.has(content)) side.classes.delete(key);
}
