import type { ContentPlace } from '../../image/contents/compare-contents.js';
import { readWholeContents } from '../../image/contents/whole-contents.js';
import { Yielder } from '../../io/yielder.js';
import { Kind } from '../../rootfs/kind.js';
import { NONE } from '../../rootfs/node-table.js';
import { nodePath } from '../../rootfs/rootfs.js';
import type { Union } from '../../rootfs/union.js';
import { MAX_EDITS } from '../align-sequences.js';
import type { ComparedImages } from '../compared-images.js';
import { placeOf } from '../files/decide-contents.js';
import { fieldSet } from '../files/file-fields.js';
import type { Patch, PatchMaker } from '../files/files-diff.js';
import type { ReportedChanges } from '../files/reported-changes.js';
import type { TreeChanges } from '../files/tree-changes.js';
import { PATCH_LIMIT_BYTES, textPatch } from './text-patch.js';

/** Options for unified diffs of changed files. */
export interface PatchOptions {
  /** Whether added and removed files get a patch too, as with `diff -N`; default false. */
  readonly newFiles?: boolean | undefined;
}

/** Bytes of files in memory at a time. */
const BATCH_BYTES = 64 * 1024 * 1024;
/** Characters of all patches together; further files have no patch. */
const MAX_PATCH_CHARACTERS = 64 * 1024 * 1024;
/** Bytes of files read for patches, because each batch decompresses compressed layers again. */
const READ_BYTES = 512 * 1024 * 1024;

/** The cost of comparing a byte, in bytes of reading. */
const COMPARING_COST = 16;

/**
 * The sum of the squares of the edits of all files, to which time and memory are proportional. The edits of further files are
 * limited by what is left of it.
 */
const MAX_EDITS_SQUARED = 8 * MAX_EDITS ** 2;
/** What every file may have: it takes no time that matters. */
const LEAST_EDITS = 100;

const TOO_LARGE: Patch = { patchOmitted: 'too-large' };
const CONTENT = fieldSet('content');

/** Returns what makes the patches of a comparison. */
export function patchMaker({ newFiles = false }: PatchOptions): PatchMaker {
  return {
    newFiles,
    make: (compared, changes, reported, order, signal) =>
      makePatches(compared, changes, reported, order, { newFiles, signal }),
  };
}

/**
 * Creates unified diffs of the text files whose contents changed, by change. Reads files in batches, so that a
 * compressed layer is decompressed once for many of them.
 *
 * @throws LayersError as `readContent`
 */
async function makePatches(
  compared: ComparedImages,
  changes: TreeChanges,
  reported: ReportedChanges,
  order: Iterable<number>,
  { newFiles, signal }: { readonly newFiles: boolean; readonly signal: AbortSignal | undefined },
): Promise<ReadonlyMap<number, Patch>> {
  const patches = new Map<number, Patch>();
  let characters = 0;
  let batch: PatchSource[] = [];
  let bytes = 0;
  let read = 0;
  let work = 0;
  const yielder = new Yielder({ signal });
  const flush = async (): Promise<void> => {
    const contents = await readBatch(compared, batch);
    for (const [i, { change, path }] of batch.entries()) {
      const [contentA, contentB] = contents[i] ?? [null, null];
      // Comparing lines takes longer than reading them, so it counts as more bytes.
      if (yielder.count(COMPARING_COST * ((contentA?.length ?? 0) + (contentB?.length ?? 0))))
        await yielder.pause();
      if (characters > MAX_PATCH_CHARACTERS) {
        patches.set(change, TOO_LARGE);
        continue;
      }
      const left = Math.floor(Math.sqrt(Math.max(0, MAX_EDITS_SQUARED - work)));
      const maxEdits = Math.min(MAX_EDITS, Math.max(LEAST_EDITS, left));
      const made = textPatch(contentA, contentB, { a: path, b: path, maxEdits });
      work += made.edits ** 2;
      const patch = patchOf(made);
      characters += patch.patch?.length ?? 0;
      patches.set(change, characters > MAX_PATCH_CHARACTERS ? TOO_LARGE : patch);
    }
    read += bytes;
    batch = [];
    bytes = 0;
  };
  for (const change of order) {
    const wanted = patchSourceOf(compared, changes, reported, change, newFiles);
    if (wanted === null) continue;
    const size = sizeOf(compared.a, wanted.a) + sizeOf(compared.b, wanted.b);
    const larger = Math.max(sizeOf(compared.a, wanted.a), sizeOf(compared.b, wanted.b));
    if (larger > PATCH_LIMIT_BYTES || read + bytes + size > READ_BYTES || characters > MAX_PATCH_CHARACTERS) {
      patches.set(change, TOO_LARGE);
      continue;
    }
    batch.push(wanted);
    bytes += size;
    if (bytes >= BATCH_BYTES) await flush();
  }
  await flush();
  return patches;
}

interface PatchSource {
  readonly change: number;
  readonly a: ContentPlace | null;
  readonly b: ContentPlace | null;
  readonly path: Uint8Array;
}

function patchSourceOf(
  { a, b }: ComparedImages,
  changes: TreeChanges,
  reported: ReportedChanges,
  change: number,
  newFiles: boolean,
): PatchSource | null {
  const [nodeA, nodeB] = [changes.nodeA(change), changes.nodeB(change)];
  const fileA = nodeA !== NONE && a.nodes.kindOf(nodeA) === Kind.file;
  const fileB = nodeB !== NONE && b.nodes.kindOf(nodeB) === Kind.file;
  const both = fileA && fileB && (reported.fieldsOf(change) & CONTENT) !== 0;
  // A path of another type is as if it was removed and added.
  const one = newFiles && fileA !== fileB && (nodeB === NONE || reported.renameAt(nodeB) === undefined);
  if (!both && !one) return null;
  return {
    change,
    a: fileA ? placeOf(a, nodeA) : null,
    b: fileB ? placeOf(b, nodeB) : null,
    path: fileB ? nodePath(b, nodeB) : nodePath(a, nodeA),
  };
}

function sizeOf({ layers }: Union, place: ContentPlace | null): number {
  return place === null ? 0 : (layers[place.layer]?.size[place.entry] ?? 0);
}

async function readBatch(
  { imageA, imageB }: ComparedImages,
  batch: readonly PatchSource[],
): Promise<(readonly [Uint8Array | null, Uint8Array | null])[]> {
  const contentsA = await readSide(
    imageA,
    batch.map(({ a }) => a),
  );
  const contentsB = await readSide(
    imageB,
    batch.map(({ b }) => b),
  );
  return batch.map((_, i) => [contentsA[i] ?? null, contentsB[i] ?? null]);
}

function patchOf(made: ReturnType<typeof textPatch>): Patch {
  if ('omitted' in made) return { patchOmitted: made.omitted };
  const { patch, patchBase64 } = made;
  return patchBase64 === undefined ? { patch } : { patch, patchBase64 };
}

/** Returns whole contents in the order of their places; null where the place is null. */
async function readSide(
  image: ComparedImages['imageA'],
  places: readonly (ContentPlace | null)[],
): Promise<(Uint8Array | null)[]> {
  const present = places.filter((place) => place !== null);
  const contents = await readWholeContents(image, present);
  let next = 0;
  return places.map((place) => (place === null ? null : (contents[next++] ?? null)));
}
