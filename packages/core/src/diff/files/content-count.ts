import { Kind } from '../../rootfs/kind.js';
import type { Union } from '../../rootfs/union.js';

/** Sums the bytes of files, and counts each content once, however many of its names are added. */
export interface ContentCount {
  readonly bytes: number;
  add(node: number): void;
}

export function createContentCount({ nodes, layers, names }: Union): ContentCount {
  const seen: (Uint8Array | undefined)[] = [];
  let bytes = 0;
  return {
    get bytes() {
      return bytes;
    },
    add(node) {
      if (nodes.kindOf(node) !== Kind.file) return;
      const layer = nodes.layerOf(node);
      const entry = nodes.entryOf(node);
      const changeset = layers[layer];
      if (changeset === undefined) return;
      if ((names[layer]?.[entry] ?? 0) > 1) {
        seen[layer] ??= new Uint8Array(changeset.count);
        const marks = seen[layer];
        if (marks?.[entry] === 1) return;
        if (marks !== undefined) marks[entry] = 1;
      }
      bytes += changeset.size[entry] ?? 0;
    },
  };
}
