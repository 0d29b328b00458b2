import type { Finding } from '../findings/finding.js';
import { readContent } from '../image/contents/content.js';
import { changesetOf, type ReadImage } from '../image/read-image.js';
import { lookUpDirectory, lookUpPaths, lookUpTrees } from '../lookup/look-up.js';
import { Kind } from '../rootfs/kind.js';
import type { Union } from '../rootfs/union.js';
import { refuseDamage } from './analysis.js';
import type { ListedEntry } from './documents.js';
import { findingsOfLayers, imageFindings } from './findings.js';
import { listTree } from './list.js';

/** What was found of an image without merging its layers. */
export interface LookUp<Found> {
  readonly found: Found;
  /** All findings but those about layers on top of each other. */
  readonly findings: readonly Finding[];
}

/**
 * Finds files of the merged tree as `catFile` does, but merges only what their paths depend on. The contents are read when they are
 * iterated.
 *
 * @returns null where one of them is not a file that exists: analyse the image to learn why
 * @throws LayersError as `analyse` does for a damaged layer; the contents, as `readContent` does
 */
export function lookUpFiles(
  image: ReadImage,
  paths: readonly (string | Uint8Array)[],
): LookUp<readonly AsyncGenerator<Uint8Array>[]> | null {
  refuseDamage(image, { isComplete: false });
  const found = lookUpPaths(image.layers.map(changesetOf), paths);
  if (found === null) return null;
  const { nodes } = found.union;
  if (found.nodes.some((node) => nodes.kindOf(node) !== Kind.file)) return null;
  const contents = found.nodes.map((node) => readContent(image, nodes.layerOf(node), nodes.entryOf(node)));
  return { found: contents, findings: imageFindings(image) };
}

/**
 * Lists a file, or a directory without what is below its children, as `listEntries` does, but merges only what they depend on.
 *
 * @returns null where the path does not exist, or the merge of all would be faster: analyse the image then
 * @throws LayersError as `analyse` does for a damaged layer
 */
export function lookUpList(image: ReadImage, path: string): LookUp<Iterable<ListedEntry>> | null {
  refuseDamage(image, { isComplete: false });
  const found = lookUpDirectory(image.layers.map(changesetOf), Buffer.from(path));
  if (found === null) return null;
  const { union, top } = found;
  return {
    found: { [Symbol.iterator]: () => listTree(union, top, false, null) },
    findings: findingsOfLayers(image),
  };
}

/**
 * Merges only what paths, and what is below them, depend on; other nodes of the result have no meaning.
 *
 * @returns null where a path does not exist, or the merge of all would be faster: merge all layers then
 */
export function uniteForPaths(image: ReadImage, paths: readonly Uint8Array[]): Union | null {
  return lookUpTrees(image.layers.map(changesetOf), paths);
}
