import { createHash } from 'node:crypto';
import { compress } from '@layers/testing/archive-builder';
import { naiveUnion } from '@layers/testing/naive-union';
import { buildTar, type EntrySpec, sizeOfEntry } from '@layers/testing/tar-builder';
import { naiveChunks } from './chunks/naive-chunks.ts';
import { bytesOf, contentOf, createdOf, type SpecArchive, type SpecLayer } from './random-fleet.ts';

/** A fleet that is counted by comparing everything with everything. */
export interface NaiveImage {
  readonly name: string;
  readonly tags: readonly string[];
  /** Whether an archive has it without a tag. */
  readonly isUntagged: boolean;
  /** The bytes of each blob, by a key for its bytes. */
  readonly blobs: ReadonlyMap<string, number>;
  /** The layers, by a key for their tars. */
  readonly trees: ReadonlyMap<string, SpecLayer>;
  readonly rootfsBytes: number;
  readonly wastedBytes: number;
  readonly layers: number;
  /** The keys of the tars of its layers, the lowest first. */
  readonly chain: readonly string[];
  /** Those of the blobs. */
  readonly stored: readonly string[];
  readonly created: string;
  /** The distribution and its release. */
  readonly distribution: string | null;
}

const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Returns the distinct images of archives. Those with the same documents and blobs are one, wherever they are. */
export function naiveFleet(
  archives: readonly SpecArchive[],
  sources: readonly string[],
): readonly NaiveImage[] {
  const found = new Map<
    string,
    {
      image: Omit<NaiveImage, 'name' | 'tags' | 'isUntagged'>;
      tags: string[];
      sources: string[];
      isUntagged: boolean;
    }
  >();
  archives.forEach(({ form, gzip, images }, at) => {
    images.forEach(({ tags, layers }, position) => {
      const tars = layers.map((layer) => buildTar(layer));
      const trees = new Map(tars.map((tar, i) => [hash(tar), layers[i] ?? []]));
      const blobs = new Map(
        tars.map((tar) => [`${gzip} ${hash(tar)}`, compress(tar, gzip ? 'gzip' : null).length]),
      );
      const key = `${form === 'legacy'} ${gzip} ${position} ${tars.map(hash).join(' ')}`;
      const { contentBytes, rootfsBytes } = naiveUnion(layers);
      const image = {
        blobs,
        trees,
        rootfsBytes,
        wastedBytes: contentBytes - rootfsBytes,
        layers: layers.length,
        chain: tars.map(hash),
        stored: tars.map((tar) => `${gzip} ${hash(tar)}`),
        created: createdOf(position),
        distribution: distributionOf(layers),
      };
      const known = found.get(key) ?? { image, tags: [], sources: [], isUntagged: false };
      found.set(key, known);
      known.tags.push(...tags);
      known.isUntagged ||= tags.length === 0;
      known.sources.push(sources[at] ?? '');
    });
  });
  return [...found.values()].map(({ image, tags, sources: places, isUntagged }) => {
    const distinct = [...new Set(tags)].sort();
    return { ...image, tags: distinct, isUntagged, name: distinct[0] ?? places.sort()[0] ?? '' };
  });
}

function distributionOf(layers: readonly SpecLayer[]): string | null {
  const from = naiveUnion(layers).tree.get('/etc/os-release')?.from;
  const entry = from === null || from === undefined ? undefined : layers[from.layer]?.[from.entry];
  const text = Buffer.from(entry?.data ?? []).toString();
  const [id, version] = ['ID', 'VERSION_ID'].map(
    (name) => new RegExp(`^${name}="?([^"\\n]+)`, 'm').exec(text)?.[1],
  );
  return id === undefined ? null : `${id} ${version}`;
}

/** `CONTENT SIZE` of each file that the tar of a layer stores, also of those that the layer itself replaces. */
export function contentsOf(layer: SpecLayer): string[] {
  return storedFiles(layer).map((spec) => `${contentOf(spec)} ${sizeOfEntry(spec)}`);
}

const chunksByContent = new Map<string, readonly string[]>();

/** `NUMBER SIZE` of each chunk of each of these files. */
export function chunksOf(layer: SpecLayer): string[] {
  return storedFiles(layer).flatMap((spec) => {
    const chunks = chunksByContent.get(contentOf(spec)) ?? naiveChunks(bytesOf(spec));
    chunksByContent.set(contentOf(spec), chunks);
    return chunks;
  });
}

/** The files with bytes that the tar of a layer stores. */
function storedFiles(layer: SpecLayer): readonly EntrySpec[] {
  const { tree, waste } = naiveUnion([layer]);
  const entries = new Set(waste.map(({ entry }) => entry));
  for (const { from, type } of tree.values()) if (from !== null && type === 'file') entries.add(from.entry);
  return [...entries].flatMap((entry) => {
    const spec = layer[entry];
    return spec === undefined || sizeOfEntry(spec) === 0 ? [] : [spec];
  });
}

export function sizeOfContent(content: string): number {
  return Number(content.split(' ')[1]);
}

export const sum = (numbers: Iterable<number>): number =>
  [...numbers].reduce((total, number) => total + number, 0);
