import { Kind, NONE, pathOf, ROOT, splitNames } from '@layers/core/rootfs';
import type { PathEvents } from '@layers/insight/events';

/** A content that its own layer made unreachable, so that no event has it. */
export interface HiddenEntry {
  readonly layer: number;
  readonly entry: number;
}

/** Returns the contents that no event has, by the node of their path. */
export function hiddenEntries(events: PathEvents): ReadonlyMap<number, readonly HiddenEntry[]> {
  const { layers, nodes } = events.union;
  const seen = layers.map(({ count }) => new Uint8Array(count));
  for (let event = 0; event < events.count; event++) {
    const { kind, layer, entry } = events.stateOf(event);
    const ofLayer = seen[layer];
    if (kind === Kind.file && ofLayer !== undefined) ofLayer[entry] = 1;
  }
  const hidden = new Map<number, HiddenEntry[]>();
  for (const [layer, changeset] of layers.entries()) {
    for (let entry = 0; entry < changeset.count; entry++) {
      if (changeset.kind[entry] !== Kind.file || seen[layer]?.[entry] === 1) continue;
      let node: number = ROOT;
      for (const name of splitNames(pathOf(changeset, entry))) {
        const child = nodes.find(node, name, 0, name.length);
        if (child !== NONE) node = child;
      }
      const ofNode = hidden.get(node);
      if (ofNode === undefined) hidden.set(node, [{ layer, entry }]);
      else ofNode.push({ layer, entry });
    }
  }
  return hidden;
}
