import { type ContentPlace, canonicalDigests, changesetOf, type ReadImage } from '@layers/core/image';
import { Kind } from '@layers/core/rootfs';
import { NumberSet } from './number-set.js';

/** The contents of files in one layer that are nowhere else. */
export interface NewContents {
  readonly layer: number;
  readonly bytes: number;
}

/**
 * Returns the bytes of contents in layers of B that no layer of A has, each content once. Compares digests of contents with
 * sizes that both have, so that most are not read.
 *
 * @param fetched the positions of the layers of B
 * @throws LayersError ERR_LAYERS_READ; ERR_LAYERS_NEEDS_FILE for a stream
 */
export async function newContents(
  a: ReadImage,
  b: ReadImage,
  fetched: readonly number[],
): Promise<NewContents[]> {
  const all = a.layers.map(({ position }) => position);
  const inA = countsOfSizes(a, all);
  const inB = countsOfSizes(b, fetched);
  const isShared = (size: number) => inA.has(size) && inB.has(size);
  // Contents of a size that neither A nor another file of B has are new without being read.
  const isRead = (size: number) => inA.has(size) || (inB.get(size) ?? 0) > 1;
  const seen = new NumberSet();
  for await (const { key } of keysOf(a, filesOf(a, all, isShared))) seen.add(key);
  const bytes = new Map<number, number>(fetched.map((layer) => [layer, 0]));
  const add = ({ layer, size }: File) => bytes.set(layer, (bytes.get(layer) ?? 0) + size);
  for (const file of filesOf(b, fetched, (size) => !isRead(size))) add(file);
  for await (const { file, key } of keysOf(b, filesOf(b, fetched, isRead))) {
    if (seen.add(key)) add(file);
  }
  return fetched.map((layer) => ({ layer, bytes: bytes.get(layer) ?? 0 }));
}

/** A regular file of a layer. */
interface File extends ContentPlace {
  readonly size: number;
}

function countsOfSizes(image: ReadImage, layers: readonly number[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const { size } of filesOf(image, layers, () => true)) counts.set(size, (counts.get(size) ?? 0) + 1);
  return counts;
}

/** Bounds the memory: a digest as text takes 100 bytes. Each batch decompresses its layers again. */
const BATCH = 50_000;

/** Yields a number for each content: 52 bits of its digest, so that a million contents need little memory. */
async function* keysOf(
  image: ReadImage,
  files: Iterable<File>,
): AsyncGenerator<{ readonly file: File; readonly key: number }> {
  let batch: File[] = [];
  for (const file of files) {
    batch.push(file);
    if (batch.length < BATCH) continue;
    yield* ofBatch(batch);
    batch = [];
  }
  yield* ofBatch(batch);

  async function* ofBatch(of: readonly File[]) {
    const digests = await canonicalDigests(image, of);
    for (const [i, file] of of.entries()) {
      const hex = (digests[i] ?? '').replace(/^.*:/, '').slice(0, 13);
      // The digest of a file of zeros does not depend on its size.
      yield { file, key: (Number.parseInt(hex, 16) + file.size * 4099) % 2 ** 52 };
    }
  }
}

/** Yields the files of layers, except empty ones. */
function* filesOf(
  image: ReadImage,
  layers: readonly number[],
  isWanted: (size: number) => boolean,
): Generator<File> {
  for (const position of layers) {
    const layer = image.layers[position];
    if (layer === undefined) continue;
    const { count, kind, size } = changesetOf(layer);
    for (let entry = 0; entry < count; entry++) {
      const bytes = size[entry] ?? 0;
      if (kind[entry] === Kind.file && bytes > 0 && isWanted(bytes))
        yield { layer: position, entry, size: bytes };
    }
  }
}
