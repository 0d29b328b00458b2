import { textOfBytes } from '../findings/path-fields.js';
import { ROOT } from '../rootfs/node-table.js';
import { childrenOf, findNode, nodePath } from '../rootfs/rootfs.js';
import type { Union } from '../rootfs/union.js';

const MOST_SUGGESTIONS = 3;
/** The most names to compare with. */
const MOST_NAMES = 20_000;
const LONGEST_NAME = 128;

/** Returns up to three paths of the image whose spelling is similar: of the same directory, with another last name. */
export function similarPaths(union: Union, path: string): string[] {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const parent = findNode(union, Buffer.from(path.slice(0, path.length - name.length)));
  if (parent < ROOT || name.length > LONGEST_NAME) return [];
  const limit = Math.max(1, Math.round(name.length * 0.4));
  const similar = childrenOf(union, parent)
    .slice(0, MOST_NAMES)
    .map((node) => ({ node, text: textOfBytes(union.nodes.nameOf(node)).text }))
    .filter(({ text }) => Math.abs(text.length - name.length) <= limit)
    .map(({ node, text }) => ({ node, distance: editDistance(name.toLowerCase(), text.toLowerCase()) }))
    .filter(({ distance }) => distance <= limit)
    .sort((a, b) => a.distance - b.distance);
  return similar
    .filter(({ distance }) => distance === similar[0]?.distance)
    .slice(0, MOST_SUGGESTIONS)
    .map(({ node }) => textOfBytes(nodePath(union, node)).text);
}

/** Returns a hint for a path that the image does not have: paths of similar spelling; undefined without one. */
export function hintOfSimilarPaths(union: Union, path: string): string | undefined {
  const similar = similarPaths(union, `/${path.replace(/^\/+|\/+$/g, '')}`);
  return similar.length === 0 ? undefined : `the image has ${similar.join(', ')}`;
}

/** Returns the number of characters to insert, delete, replace or swap with the next one to turn one word into another. */
export function editDistance(a: string, b: string): number {
  let before: readonly number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swapped = isSwap ? (before[j - 2] ?? 0) + 1 : Infinity;
      next.push(Math.min(replaced, swapped, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    before = row;
    row = next;
  }
  return row[b.length] ?? 0;
}
