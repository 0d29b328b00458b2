import type { Analysis } from '@layers/core/analysis';
import { createDigester, hexOf } from '@layers/core/digest';
import {
  type ContentPlace,
  canonicalDigests,
  createContentComparer,
  type ReadImage,
} from '@layers/core/image';
import { Yielder } from '@layers/core/io';
import { LayersError } from '@layers/errors';
import type { Contents } from './repeated-sizes.js';

/** The columns of a fingerprint. */
const WORDS = 4;

/** Positions in `Contents`, in groups with the same bytes. */
export interface EqualContents {
  /** All members, group by group. */
  readonly members: Int32Array;
  /** The position of the first member of each group, then the number of members. */
  readonly starts: readonly number[];
}

export interface CompareOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?:
    | ((progress: { readonly doneBytes: number; readonly totalBytes: number }) => void)
    | undefined;
}

/**
 * Groups contents with the same bytes. Groups are in descending order of the bytes that one copy in place of all would
 * save. Reads only the contents of uncompressed layers: those of compressed ones have fingerprints.
 *
 * @throws LayersError ERR_LAYERS_READ; ERR_LAYERS_NEEDS_FILE for a sparse file of a stream
 */
export async function groupEqual(
  analysis: Analysis,
  contents: Contents,
  options: CompareOptions,
): Promise<EqualContents> {
  const words = await fingerprintsOf(analysis, contents, options);
  const word = (member: number, i: number): number => words[member * WORDS + i] ?? 0;
  const { count, size } = contents;
  const compare = (a: number, b: number): number =>
    (size[b] ?? 0) - (size[a] ?? 0) ||
    word(a, 0) - word(b, 0) ||
    word(a, 1) - word(b, 1) ||
    word(a, 2) - word(b, 2) ||
    word(a, 3) - word(b, 3);
  const sorted = Int32Array.from({ length: count }, (_, i) => i).sort((a, b) => compare(a, b) || a - b);
  const runs: { readonly start: number; readonly length: number }[] = [];
  for (let start = 0; start < count; ) {
    let end = start + 1;
    while (end < count && compare(sorted[start] ?? 0, sorted[end] ?? 0) === 0) end++;
    if (end - start > 1) runs.push({ start, length: end - start });
    start = end;
  }
  const savedBy = ({ start, length }: (typeof runs)[number]): number =>
    (length - 1) * (size[sorted[start] ?? 0] ?? 0);
  runs.sort((a, b) => savedBy(b) - savedBy(a) || (sorted[a.start] ?? 0) - (sorted[b.start] ?? 0));

  const members = new Int32Array(runs.reduce((sum, { length }) => sum + length, 0));
  const starts: number[] = [];
  let at = 0;
  for (const { start, length } of runs) {
    starts.push(at);
    members.set(sorted.subarray(start, start + length), at);
    at += length;
  }
  starts.push(at);
  return { members, starts };
}

/** Returns 16 bytes for each content. Contents of one size have the same 16 bytes exactly where they are the same. */
async function fingerprintsOf(
  { image, union }: Analysis,
  { count, layer, entry, size }: Contents,
  { signal, onProgress }: CompareOptions,
): Promise<Int32Array> {
  const words = new Int32Array(count * WORDS);
  const bytes = new Uint8Array(words.buffer);
  const totalBytes = size.reduce((sum, each) => sum + each, 0);
  const yielder = new Yielder({
    signal,
    steps: 10_000,
    onPause: (doneBytes) => onProgress?.({ doneBytes, totalBytes }),
  });
  const sparseSizes = new Set<number>();
  const comparer = createContentComparer(image, image);
  try {
    for (let i = 0; i < count; i++) {
      const place = { layer: layer[i] ?? 0, entry: entry[i] ?? 0 };
      if (union.layers[place.layer]?.sparse.has(place.entry) === true) sparseSizes.add(size[i] ?? 0);
      else {
        const steps = comparer.fingerprintStepsA(place);
        let step = steps.next();
        // A single file may take minutes.
        for (; step.done !== true; step = steps.next()) if (yielder.count(step.value)) await yielder.pause();
        if (step.value === null) throw unreadable(image, place);
        bytes.set(step.value, i * WORDS * 4);
      }
      if (yielder.count(0)) await yielder.pause();
    }
  } finally {
    comparer.close();
  }
  if (sparseSizes.size > 0) {
    // A fingerprint covers the map of a sparse file, which may differ although the bytes are the same.
    const found: number[] = [];
    for (let i = 0; i < count; i++) if (sparseSizes.has(size[i] ?? 0)) found.push(i);
    const places = found.map((i) => ({ layer: layer[i] ?? 0, entry: entry[i] ?? 0 }));
    const digests = await canonicalDigests(image, places, yielder);
    for (const [at, i] of found.entries()) {
      bytes.set(keyedHalf(image.archive.fingerprintKey, digests[at] ?? ''), i * WORDS * 4);
    }
  }
  return words;
}

/**
 * Returns half of a hash of a key and a digest. The secret key makes a half safe: nobody can search for contents whose halves
 * are the same. All digests have the same length, so that no hash extends another one.
 */
function keyedHalf(key: Uint8Array, digest: string): Uint8Array {
  const digester = createDigester();
  digester.update(key);
  digester.update(Buffer.from(digest));
  return Buffer.from(hexOf(digester.digest()), 'hex').subarray(0, WORDS * 4);
}

/** Returns the error for a file that became shorter while it was read. */
function unreadable({ archive }: ReadImage, { layer }: ContentPlace): LayersError {
  archive.checkUnchanged();
  return new LayersError('ERR_LAYERS_READ', `layer ${layer} ends inside a file`, {
    archive: archive.source.path,
    hint: 'the archive is damaged: copy or download it again',
  });
}
