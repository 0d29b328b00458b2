import { createHash } from 'node:crypto';
import { instructionsOfLayers, refuseDamage, stepsOfLayers } from '@layers/core/analysis';
import {
  type Archive,
  changesetOf,
  type ImageDescription,
  type LayerCache,
  type LayerDescription,
  layerStored,
  type ReadImage,
  type ReadLayer,
  readImage,
} from '@layers/core/image';
import { contentBytesOf, Kind, type Union, uniteLayers } from '@layers/core/rootfs';
import { isLayersError } from '@layers/errors';
import { packagesDocument } from '@layers/insight/packages';
import type { FoundProblem } from '../folder/state.js';
import type { Cell, Columns } from '../schema/rows.js';
import { hashContents } from './content-hashes.js';
import type { ImageFacts, ImageReading, LayerFacts } from './image-facts.js';
import type { KnownIndexes } from './known-indexes.js';
import type { HashedLayer } from './layer-hasher.js';
import { ObservedLayers, type ObservedLayersOptions } from './observed-layers.js';
import { visibleEntries } from './visible-entries.js';
import { loadSampler } from './zstd-sample.js';

export interface FactsOptions {
  readonly cache?: LayerCache | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Indexes of layers of earlier images. */
  readonly indexes: KnownIndexes;
  /** Whether the files of a layer are known, and its chunks where they are wanted, by its DiffID. */
  readonly isKnown: (diffId: string) => boolean;
  /** Of how many chunks of contents one is kept; null to find no chunks. */
  readonly chunksOneIn: number | null;
}

/** Reads an image. Damage that keeps it from being counted is in the result. Throws as reading does. */
export async function readImageFacts(
  archive: Archive,
  description: ImageDescription,
  position: number,
  options: FactsOptions,
): Promise<ImageReading> {
  const { cache, signal, indexes, chunksOneIn } = options;
  const openSampler = await loadSampler();
  const isKnown = ({ diffId }: LayerDescription): boolean => diffId !== null && options.isKnown(diffId);
  const observed = new ObservedLayers({ isKnown, chunksOneIn, openSampler });
  try {
    const reading = {
      cache,
      signal,
      threads: 1,
      accessPoints: cache !== undefined,
      // The tables need none: only other commands that find the layer in the cache.
      fingerprints: cache !== undefined,
      observe: (layer: LayerDescription) => observed.observe(layer),
    };
    const image = await readImage(archive, description, reading, indexes.known);
    return await factsOf(image, position, { observed, isKnown, chunksOneIn, openSampler, signal, indexes });
  } finally {
    observed.close();
  }
}

interface Reading extends ObservedLayersOptions {
  readonly observed: ObservedLayers;
  readonly indexes: KnownIndexes;
  readonly signal: AbortSignal | undefined;
}

async function factsOf(image: ReadImage, position: number, reading: Reading): Promise<ImageReading> {
  const { observed, isKnown, indexes, signal } = reading;
  const { description } = image;
  const damage = damageOf(image, position);
  if (damage.length > 0) return { facts: null, problems: damage };
  refuseDamage(image);
  for (const layer of image.layers) observed.keepPackageFiles(layer, indexes.packageFiles);
  indexes.keep(image.layers);

  // A blob that has several positions is read once.
  const unknown = new Map<string, ReadLayer>();
  for (const layer of image.layers)
    if (!isKnown(layer.description)) unknown.set(layer.description.name, layer);
  const hashed = await hashedLayers(image, [...unknown.values()], reading);
  const instructions = instructionsOfLayers(description);
  const steps = stepsOfLayers(description);
  const layers: LayerFacts[] = [];
  for (const layer of image.layers) {
    const read = unknown.get(layer.description.name);
    const contents = read === undefined ? null : (hashed.get(read) ?? null);
    const declared = layer.description.diffId;
    const diffId = contents === null ? declared : (contents.diffId ?? layer.index?.diffIds[0] ?? null);
    if (diffId === null) throw new Error('a layer that was not read has no DiffID');
    // A digest of another algorithm was compared by readImage, where it can be computed.
    if (contents !== null && declared?.startsWith('sha256:') === true && declared !== diffId)
      return { facts: null, problems: [mismatch(position, layer)] };
    layers.push({
      ...(await blobOf(image, layer, diffId)),
      diffId,
      instruction: instructions[layer.position] ?? null,
      created: dateOf(steps[layer.position]?.created),
      files: contents === null ? null : { changeset: changesetOf(layer), contents: contents.contents },
      sample: contents?.sample ?? null,
      chunks: contents?.chunks ?? null,
    });
  }

  const union = uniteLayers(image.layers.map(changesetOf));
  const { distribution, packages, problems } = await packagesOf(image, position, { signal, indexes });
  const { platform, config, id } = description;
  const facts: ImageFacts = {
    configDigest: id,
    os: platform?.os ?? null,
    architecture: platform?.architecture ?? null,
    variant: platform?.variant ?? null,
    created: dateOf(config.created),
    distribution,
    ...totalsOf(union),
    layers,
    ...visibleEntries(union),
    packages,
    problems,
  };
  return { facts };
}

/** Returns the digests in layers. Those that were not seen when they were decompressed are read now. */
async function hashedLayers(
  image: ReadImage,
  layers: readonly ReadLayer[],
  { observed, ...options }: Reading,
): Promise<ReadonlyMap<ReadLayer, HashedLayer>> {
  const hashed = new Map<ReadLayer, HashedLayer>();
  for (const layer of layers) {
    const result = observed.hashed(layer);
    if (result !== null) hashed.set(layer, result);
  }
  const others = layers.filter((layer) => !hashed.has(layer));
  return new Map([...hashed, ...(await hashContents(image, others, options))]);
}

type Blob = Omit<LayerFacts, 'diffId' | 'instruction' | 'created' | 'files' | 'sample' | 'chunks'>;

async function blobOf(image: ReadImage, layer: ReadLayer, diffId: string): Promise<Blob> {
  const { description, index } = layer;
  const changeset = changesetOf(layer);
  const compression = index?.compression ?? null;
  const known = compression === null ? diffId : (description.digest ?? index?.digests[0]);
  return {
    digest: known ?? (await digestOfStored(image, layer)),
    mediaType: description.mediaType,
    compression,
    storedBytes: index?.storedBytes ?? 0,
    tarBytes: index?.tarBytes ?? 0,
    contentBytes: contentBytesOf(changeset),
    entries: changeset.count,
  };
}

async function digestOfStored(image: ReadImage, layer: ReadLayer): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of layerStored(image, layer)) hash.update(chunk);
  return `sha256:${hash.digest('hex')}`;
}

/** Returns why the layers of an image cannot all be counted. */
function damageOf(image: ReadImage, position: number): readonly FoundProblem[] {
  return image.layers.flatMap((layer): FoundProblem[] => {
    if (layer.index === null) {
      const message = `the archive lacks layer ${layer.position}`;
      return [{ position, code: 'ERR_LAYERS_LAYER_MISSING', message }];
    }
    const { problem } = layer.index;
    if (problem !== null) {
      const message = `layer ${layer.position}: ${problem.message}`;
      return [{ position, code: problem.code, message }];
    }
    return layer.verified === false ? [mismatch(position, layer)] : [];
  });
}

function mismatch(position: number, layer: ReadLayer): FoundProblem {
  const message = `layer ${layer.position} does not match its digest`;
  return { position, code: 'ERR_LAYERS_BLOB_MISMATCH', message };
}

function totalsOf(union: Union): { readonly rootfsBytes: number; readonly files: number } {
  const { nodes } = union;
  let files = 0;
  for (let node = 0; node < nodes.count; node++)
    if (nodes.isLive(node) && nodes.kindOf(node) === Kind.file) files++;
  let rootfsBytes = 0;
  union.layers.forEach((changeset, layer) => {
    const names = union.names[layer];
    for (let entry = 0; entry < changeset.count; entry++) {
      if (changeset.kind[entry] === Kind.file && (names?.[entry] ?? 0) > 0)
        rootfsBytes += changeset.size[entry] ?? 0;
    }
  });
  return { rootfsBytes, files };
}

interface FoundPackages {
  readonly distribution: string | null;
  readonly packages: Columns;
  readonly problems: readonly FoundProblem[];
}

async function packagesOf(
  image: ReadImage,
  position: number,
  { signal, indexes }: Pick<Reading, 'signal' | 'indexes'>,
): Promise<FoundPackages> {
  const columns: Cell[][] = Array.from({ length: 8 }, () => []);
  try {
    const { distribution, packages } = await packagesDocument(
      image,
      { signal, threads: 1 },
      indexes.packageFiles,
    );
    for (const { type, name, version, architecture, purl, sizeBytes, layer, path } of packages) {
      const row: readonly Cell[] = [type, name, version, architecture, purl, sizeBytes, layer, path];
      row.forEach(
        (cell, i) => void columns[i]?.push(typeof cell === 'string' ? cell.replaceAll('\0', '\ufffd') : cell),
      );
    }
    const release = [distribution?.id, distribution?.versionId].filter(
      (part) => part !== null && part !== undefined,
    );
    return { distribution: release.length === 0 ? null : release.join(' '), packages: columns, problems: [] };
  } catch (error) {
    if (!isLayersError(error)) throw error;
    const problem = { position, code: error.code, message: `packages: ${error.message}` };
    return { distribution: null, packages: columns.map(() => []), problems: [problem] };
  }
}

function dateOf(text: string | undefined): Date | null {
  const date = text === undefined ? null : new Date(text);
  return date === null || Number.isNaN(date.getTime()) ? null : date;
}
