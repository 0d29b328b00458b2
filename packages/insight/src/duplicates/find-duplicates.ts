import { type Analysis, allFindings, imageInfo, SCHEMA_VERSION } from '@layers/core/analysis';
import type { LayerOptions } from '@layers/core/api';
import { pathFields } from '@layers/core/findings';
import { nodePath, ROOT, type Union } from '@layers/core/rootfs';
import type { DuplicateContent, DuplicateFile, DuplicatesDocument, DuplicatesTotals } from './document.js';
import { type EqualContents, groupEqual } from './equal-contents.js';
import { firstNames } from './first-names.js';
import { type Contents, contentsOfRepeatedSizes } from './repeated-sizes.js';

/** Options of `findDuplicates`. */
export interface DuplicatesOptions extends LayerOptions {
  /** Lists only so many contents. Default: all. */
  readonly top?: number | undefined;
  /** Ignores smaller files. Default: 1, since empty files are no duplicates. */
  readonly minBytes?: number | undefined;
}

/**
 * Finds the files of the root file system with the same content: under other paths, and stored by other layers. The names
 * of a file with hard links are one copy.
 *
 * @throws LayersError ERR_LAYERS_READ; ERR_LAYERS_NEEDS_FILE for a sparse file of a stream
 */
export async function duplicatesDocument(
  analysis: Analysis,
  { top = Infinity, minBytes = 1, signal, onProgress }: DuplicatesOptions = {},
): Promise<DuplicatesDocument> {
  const { image, union } = analysis;
  const contents = contentsOfRepeatedSizes(union, minBytes);
  const equal = await groupEqual(analysis, contents, { signal, onProgress });
  const listed = Math.min(top, equal.starts.length - 1);
  return {
    schemaVersion: SCHEMA_VERSION,
    source: image.archive.source,
    image: imageInfo(image.description),
    totals: totalsOf(equal, contents, analysis.totals.rootfsBytes),
    duplicates: { [Symbol.iterator]: () => list(union, contents, equal, listed) },
    findings: allFindings(analysis),
  };
}

function totalsOf(
  { members, starts }: EqualContents,
  { size }: Contents,
  rootfsBytes: number,
): DuplicatesTotals {
  const groups = starts.length - 1;
  let savableBytes = 0;
  for (let group = 0; group < groups; group++) {
    const [start = 0, end = 0] = [starts[group], starts[group + 1]];
    savableBytes += (end - start - 1) * (size[members[start] ?? 0] ?? 0);
  }
  return { contents: groups, extraCopies: members.length - groups, savableBytes, rootfsBytes };
}

/** Yields the first `listed` groups. */
function* list(
  union: Union,
  contents: Contents,
  { members, starts }: EqualContents,
  listed: number,
): Generator<DuplicateContent> {
  const end = starts[listed] ?? 0;
  if (end === 0) return;
  const { node, rank } = firstNames(union, contents, members.subarray(0, end));
  for (let group = 0; group < listed; group++) {
    const ofGroup = members.slice(starts[group], starts[group + 1]);
    ofGroup.sort((a, b) => (rank[a] ?? 0) - (rank[b] ?? 0));
    const sizeBytes = contents.size[ofGroup[0] ?? 0] ?? 0;
    const files = Array.from(ofGroup, (member) => fileOf(union, contents, member, node[member] ?? ROOT));
    yield { sizeBytes, copies: files.length, savableBytes: sizeBytes * (files.length - 1), files };
  }
}

function fileOf(union: Union, { layer, entry }: Contents, member: number, node: number): DuplicateFile {
  const position = layer[member] ?? 0;
  return {
    ...pathFields(nodePath(union, node)),
    layer: position,
    names: union.names[position]?.[entry[member] ?? 0] ?? 1,
  };
}
