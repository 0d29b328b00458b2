import { latin1, type NaiveInode, naiveUnion } from './naive-union.ts';
import type { EntrySpec } from './tar-builder.ts';

/** What a layer does to a path, and the attributes of the path after it. */
export interface NaiveEvent {
  readonly layer: number;
  readonly change: 'added' | 'changed' | 'replaced' | 'deleted';
  readonly inode: NaiveInode;
}

/** Compares the trees of each two successive stacks of layers. Paths are Latin-1 text. */
export function naiveEvents(stack: readonly (readonly EntrySpec[])[]): Map<string, NaiveEvent[]> {
  const events = new Map<string, NaiveEvent[]>();
  let below: ReadonlyMap<string, NaiveInode> = new Map();
  stack.forEach((_, layer) => {
    const { tree, placedIn } = naiveUnion(stack.slice(0, layer + 1));
    for (const path of new Set([...below.keys(), ...tree.keys()])) {
      const [before, after] = [below.get(path), tree.get(path)];
      const change = changeOf(before, after, placedIn.get(path) === layer);
      const inode = after ?? before;
      if (path === '' || change === null || inode === undefined) continue;
      events.set(path, [...(events.get(path) ?? []), { layer, change, inode }]);
    }
    below = tree;
  });
  return events;
}

function changeOf(
  before: NaiveInode | undefined,
  after: NaiveInode | undefined,
  isPlaced: boolean,
): NaiveEvent['change'] | null {
  if (before === undefined) return 'added';
  if (after === undefined) return 'deleted';
  if (!isPlaced) return null;
  if (before.type !== after.type) return 'replaced';
  return before.type !== 'directory' || attributes(before) !== attributes(after) ? 'changed' : null;
}

function attributes({ mode, uid, gid, mtime, mtimeNs, xattrs, from }: NaiveInode): string {
  return JSON.stringify([from === null, mode, uid, gid, mtime, mtimeNs, xattrs]);
}

/** Returns the path of a document as the naive union writes it. */
export function plainPath({ path, pathBase64 }: { path: string; pathBase64?: string }): string {
  return latin1(pathBase64 === undefined ? Buffer.from(path) : Buffer.from(pathBase64, 'base64'));
}
