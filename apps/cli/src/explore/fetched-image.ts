import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  blobName,
  type ImageDescription,
  knownLayers,
  type LayerCache,
  openArchive,
  type ReadImage,
  type ReadOptions,
  readImage,
  upToLayer,
} from '@layers/core/image';
import { atOnce, makeTemporaryDirectory, spoolTo } from '@layers/core/io';
import type { GraphArchive } from '@layers/registry/copy';
import { chooseImage, type ImageChoice, type Input } from '../input/open-input.js';
import type { Resources } from '../input/resources.js';
import { asStreamed, renamed } from '../input/spool-input.js';

/** More would only share the same line. */
const CONCURRENT_LAYERS = 3;

/** An image whose layers are fetched one after the other, the lowest first. */
export interface FetchedImage {
  readonly image: ReadImage;
  readonly description: ImageDescription;
}

/**
 * Fetches the layers of an image of a registry into a temporary layout, which is removed with the resources. What is learnt of
 * them is kept, if there is a cache.
 *
 * @param onLayers called with the lowest layers, as soon as they are there
 * @throws LayersError as `Repository.blob`; ERR_LAYERS_SPOOL
 */
export async function fetchImage(
  { graph, archive: described }: GraphArchive,
  input: Input,
  choice: ImageChoice,
  { onProgress, ...reading }: ReadOptions,
  resources: Resources & { readonly cache: LayerCache | undefined },
  onLayers: (fetched: FetchedImage) => void,
): Promise<FetchedImage> {
  const { path: name } = described.source;
  const { cache } = resources;
  const isKept = cache !== undefined;
  const fingerprintKey = cache?.fingerprintKey;
  const options = { ...reading, fingerprintKey, accessPoints: isKept, checksums: isKept };
  const chosen = chooseImage(described, input, choice, true);
  const { graphDocuments } = await import('@layers/registry/copy');
  const { path: folder, remove } = makeTemporaryDirectory();
  resources.defer(remove);
  resources.explainWith((error) => renamed(error, folder, name));
  for (const { name: file, bytes } of graphDocuments(graph, false)) write(join(folder, file), bytes);
  for (const { document } of graph.manifests) {
    const file = blobName(document.config.digest);
    const config = described.reader.find(file);
    if (config !== null) write(join(folder, file), described.reader.read(config));
  }

  const read = async (position: number, lower: FetchedImage | null): Promise<FetchedImage> => {
    const archive = asStreamed(await openArchive({ path: folder }, options), {
      path: name,
      format: 'registry',
    });
    const description = chooseImage(archive, input, choice, true);
    const part = upToLayer(description, position);
    const known = knownLayers(lower?.image.layers ?? []);
    const isWhole = position === description.layers.length - 1;
    const image = await readImage(archive, isWhole ? description : part, options, known);
    for (const { position: i, index, description: layer } of image.layers) {
      const isNew = i >= (lower?.image.layers.length ?? 0);
      if (isNew && index !== null && layer.digest !== null && index.digests.includes(layer.digest))
        cache?.keepRemote(layer.digest, index);
    }
    return { image, description };
  };
  let fetched = await read(-1, null);
  onLayers(fetched);
  const here = new Set<string>();
  let doneBytes = 0;
  const count = async function* (chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      options.signal?.throwIfAborted();
      doneBytes += chunk.length;
      onProgress?.({ doneBytes, totalBytes });
      yield chunk;
    }
  };
  const layers = new Map(chosen.layers.map((layer) => [layer.digest, layer.size]));
  for (const digest of graph.absentLayers) layers.delete(digest);
  const totalBytes = [...layers.values()].reduce<number>((sum, size) => sum + (size ?? 0), 0);
  /** Layers are read in turn, whatever order they come in. */
  let turn = Promise.resolve();
  await atOnce(layers, CONCURRENT_LAYERS, async ([digest, size]) => {
    if (digest === null) return;
    const blob = { digest, size: size ?? 0 };
    const path = join(folder, blobName(digest));
    await spoolTo(`${path}.part`, count(graph.repository.blob(blob)));
    renameSync(`${path}.part`, path);
    here.add(digest);
    turn = turn.then(async () => {
      const missing = chosen.layers.findIndex(
        (layer) => layers.has(layer.digest) && !here.has(layer.digest ?? ''),
      );
      if (missing - 1 < fetched.image.layers.length) return;
      fetched = await read(missing - 1, fetched);
      onLayers(fetched);
    });
    await turn;
  });
  const whole = await read(chosen.layers.length - 1, fetched);
  cache?.settle();
  return whole;
}

function write(path: string, bytes: Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(path, bytes, { flag: 'w', mode: 0o600 });
}
