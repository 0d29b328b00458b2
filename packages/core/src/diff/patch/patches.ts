import type { ContentPlace } from '../../image/contents/compare-contents.js';
import { readWholeContents } from '../../image/contents/whole-contents.js';
import { Yielder } from '../../io/yielder.js';
import { Kind } from '../../rootfs/kind.js';
import { NONE } from '../../rootfs/node-table.js';
import { nodePath } from '../../rootfs/rootfs.js';
import type { Union } from '../../rootfs/union.js';
import type { ComparedImages } from '../compared-images.js';
import type { FileChange } from '../document.js';
import { placeOf } from '../files/decide-contents.js';
import { fieldSet } from '../files/file-fields.js';
import type { ReportedChanges } from '../files/reported-changes.js';
import type { TreeChanges } from '../files/tree-changes.js';
import { PATCH_LIMIT_BYTES, textPatch } from './text-patch.js';

export interface PatchOptions {
  /** Whether files that only one image has get a patch too, as `diff -N` does. */
  readonly newFiles?: boolean | undefined;
}

export type Patch = Pick<FileChange, 'patch' | 'patchOmitted'>;

/** Bytes of files that are read before their patches are made. */
const BATCH_BYTES = 64 * 1024 * 1024;
/** Characters of patches that are kept; the files beyond have none. */
const KEPT_CHARACTERS = 64 * 1024 * 1024;
/** Bytes of files that are read for patches, as each batch inflates compressed layers anew. */
const READ_BYTES = 512 * 1024 * 1024;

/** How many bytes of reading a byte of comparing is worth. */
const COMPARING = 16;

const TOO_LARGE: Patch = { patchOmitted: 'too-large' };
const CONTENT = fieldSet('content');

/**
 * Unified diffs of the text files whose bytes changed, by change. They are read in batches, so that a compressed
 * layer is inflated once for many of them. Throws as `readContent` does.
 */
export async function makePatches(
  compared: ComparedImages,
  changes: TreeChanges,
  told: ReportedChanges,
  order: Iterable<number>,
  { newFiles = false, signal }: PatchOptions & { readonly signal?: AbortSignal | undefined },
): Promise<ReadonlyMap<number, Patch>> {
  const patches = new Map<number, Patch>();
  let kept = 0;
  let batch: Wanted[] = [];
  let bytes = 0;
  let read = 0;
  const yielder = new Yielder({ signal });
  const flush = async (): Promise<void> => {
    const contents = await readBatch(compared, batch);
    for (const [i, { change, path }] of batch.entries()) {
      const [contentA, contentB] = contents[i] ?? [null, null];
      // Far below what a turn is worth in reading: comparing lines takes longer.
      if (yielder.count(COMPARING * ((contentA?.length ?? 0) + (contentB?.length ?? 0))))
        await yielder.pause();
      const patch = kept > KEPT_CHARACTERS ? TOO_LARGE : patchOf(contentA, contentB, path);
      kept += patch.patch?.length ?? 0;
      patches.set(change, kept > KEPT_CHARACTERS ? TOO_LARGE : patch);
    }
    read += bytes;
    batch = [];
    bytes = 0;
  };
  for (const change of order) {
    const wanted = wantedOf(compared, changes, told, change, newFiles);
    if (wanted === null) continue;
    const size = sizeOf(compared.a, wanted.a) + sizeOf(compared.b, wanted.b);
    const larger = Math.max(sizeOf(compared.a, wanted.a), sizeOf(compared.b, wanted.b));
    if (larger > PATCH_LIMIT_BYTES || read + bytes + size > READ_BYTES || kept > KEPT_CHARACTERS) {
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

interface Wanted {
  readonly change: number;
  readonly a: ContentPlace | null;
  readonly b: ContentPlace | null;
  readonly path: Uint8Array;
}

function wantedOf(
  { a, b }: ComparedImages,
  changes: TreeChanges,
  told: ReportedChanges,
  change: number,
  newFiles: boolean,
): Wanted | null {
  const [nodeA, nodeB] = [changes.nodeA(change), changes.nodeB(change)];
  const fileA = nodeA !== NONE && a.nodes.kindOf(nodeA) === Kind.file;
  const fileB = nodeB !== NONE && b.nodes.kindOf(nodeB) === Kind.file;
  const both = fileA && fileB && (told.fieldsOf(change) & CONTENT) !== 0;
  const one =
    newFiles &&
    ((fileA && nodeB === NONE) || (fileB && nodeA === NONE && told.renameAt(nodeB) === undefined));
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
  batch: readonly Wanted[],
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

function patchOf(a: Uint8Array | null, b: Uint8Array | null, path: Uint8Array): Patch {
  const made = textPatch(a, b, { a: path, b: path });
  return 'patch' in made ? { patch: made.patch } : { patchOmitted: made.omitted };
}

/** Whole contents in the order of their places; null where there is none. */
async function readSide(
  image: ComparedImages['imageA'],
  places: readonly (ContentPlace | null)[],
): Promise<(Uint8Array | null)[]> {
  const present = places.filter((place) => place !== null);
  const contents = await readWholeContents(image, present);
  let next = 0;
  return places.map((place) => (place === null ? null : (contents[next++] ?? null)));
}
