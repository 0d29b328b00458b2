import { createSparseExpander } from '@layers/tar';
import { createDigester } from '../../digest/digester.js';
import type { SyncByteSource } from '../../io/byte-source.js';
import { Yielder } from '../../io/yielder.js';
import { dataOffsetOf, storedSizeOf } from '../../rootfs/changeset.js';
import { changesetOf, type ReadImage, type ReadLayer } from '../read-image.js';
import type { ContentPlace } from './compare-contents.js';
import { createContentReader, hasContents, readContent } from './content.js';
import { layerTars } from './layer-bytes.js';

const BLOCK_BYTES = 4096;
/** A request costs as much time as so many bytes of a layer. */
const REQUEST_BYTES = 64 * 1024;
const CHUNK_BYTES = 256 * 1024;

/**
 * Returns a digest of each content that does not depend on the holes of sparse files: it covers the blocks that are
 * not all zeros, with their positions. Holes cost nothing, whatever their length. Reads each layer once, and only
 * the contents of an uncompressed one. Throws as `readContent` does.
 *
 * @param yielder lets the event loop run now and then
 */
export async function canonicalDigests(
  image: ReadImage,
  places: readonly ContentPlace[],
  yielder: Yielder = new Yielder(),
): Promise<string[]> {
  const digests = new Map<string, string>();
  const keep = (layer: number, entry: number) => (digest: string) =>
    void digests.set(`${layer} ${entry}`, digest);
  const wanted = new Map<number, Set<number>>();
  for (const { layer, entry } of places)
    wanted.set(layer, (wanted.get(layer) ?? new Set<number>()).add(entry));
  const passing: ReadLayer[] = [];
  for (const layer of image.layers) {
    const { position, bytes, index } = layer;
    const entries = wanted.get(position);
    if (entries === undefined) continue;
    if (hasContents(layer) && isSmallPart(layer, entries)) {
      for (const entry of entries) {
        const digester = createBlockDigester(keep(position, entry));
        for await (const piece of readContent(image, position, entry)) digester.write(piece);
        digester.end();
      }
    } else if (bytes?.from !== 'source' || index?.compression !== null) passing.push(layer);
    else
      for (const entry of entries)
        keep(position, entry)(await digestInPlace(layer, bytes.source, entry, yielder));
  }
  for await (const { layer, tar } of layerTars(image, passing)) {
    const entries = wanted.get(layer.position) ?? new Set<number>();
    const reader = createContentReader(
      (entry) => entries.has(entry),
      (entry) => createBlockDigester(keep(layer.position, entry)),
    );
    for await (const chunk of tar) {
      reader.write(chunk);
      if (yielder.count(chunk.length)) await yielder.pause();
    }
    reader.end();
  }
  return places.map(({ layer, entry }) => digests.get(`${layer} ${entry}`) ?? '');
}

/** Whether contents are better requested one by one than the whole layer. */
function isSmallPart({ index }: ReadLayer, entries: ReadonlySet<number>): boolean {
  if (index === null) return false;
  let bytes = 0;
  for (const entry of entries) bytes += REQUEST_BYTES + (index.changeset.size[entry] ?? 0);
  return bytes < index.tarBytes / 2;
}

async function digestInPlace(
  layer: ReadLayer,
  bytes: SyncByteSource,
  entry: number,
  yielder: Yielder,
): Promise<string> {
  const changeset = changesetOf(layer);
  const dataOffset = dataOffsetOf(changeset, entry);
  const storedSize = storedSizeOf(changeset, entry);
  let result = '';
  const digester = createBlockDigester((digest) => {
    result = digest;
  });
  const expander = createSparseExpander(
    {
      size: changeset.size[entry] ?? 0,
      sparse: changeset.sparse.get(entry)?.sparse ?? null,
      storedSize,
      dataOffset,
    },
    digester.write,
    digester.hole,
  );
  const source = bytes.open();
  try {
    const chunk = new Uint8Array(Math.min(CHUNK_BYTES, storedSize));
    for (let done = 0; done < storedSize; ) {
      const count = source.read(
        chunk.subarray(0, Math.min(chunk.length, storedSize - done)),
        dataOffset + done,
      );
      if (count === 0) break;
      expander.write(chunk.subarray(0, count));
      done += count;
      if (yielder.count(count)) await yielder.pause();
    }
    expander.end();
    digester.end();
  } finally {
    source.close();
  }
  return result;
}

function createBlockDigester(onDigest: (digest: string) => void) {
  const digester = createDigester();
  const block = Buffer.alloc(BLOCK_BYTES);
  const zeros = Buffer.alloc(BLOCK_BYTES);
  let position = 0;
  let filled = 0;
  const finishBlock = (): void => {
    const bytes = block.subarray(0, filled);
    if (!bytes.equals(zeros.subarray(0, filled))) {
      digester.update(Buffer.from(`${position} ${filled} `));
      digester.update(bytes);
    }
    position += filled;
    filled = 0;
  };
  return {
    write(bytes: Uint8Array): void {
      for (let offset = 0; offset < bytes.length; ) {
        const count = Math.min(BLOCK_BYTES - filled, bytes.length - offset);
        block.set(bytes.subarray(offset, offset + count), filled);
        filled += count;
        offset += count;
        if (filled === BLOCK_BYTES) finishBlock();
      }
    },
    hole(bytes: number): void {
      let left = bytes;
      if (filled > 0) {
        const count = Math.min(BLOCK_BYTES - filled, left);
        block.fill(0, filled, filled + count);
        filled += count;
        left -= count;
        if (filled === BLOCK_BYTES) finishBlock();
      }
      // Skips whole blocks of a hole, because blocks of zeros are not hashed.
      const whole = left - (left % BLOCK_BYTES);
      position += whole;
      left -= whole;
      block.fill(0, filled, filled + left);
      filled += left;
    },
    end(): void {
      finishBlock();
      digester.update(Buffer.from(`${position} end`));
      onDigest(digester.digest());
    },
  };
}
