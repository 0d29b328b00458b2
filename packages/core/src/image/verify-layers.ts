import { LayersError } from '@layers/errors';
import { type ComputableAlgorithm, computableAlgorithmOf, type Digest } from '../digest/digest.js';
import { createDigester } from '../digest/digester.js';
import type { SyncByteSource } from '../io/byte-source.js';
import { comparableDigest } from './compare-digests.js';
import { layerStored, layerTar } from './contents/layer-bytes.js';
import { digestSources } from './layers/digest-sources.js';
import type { IndexOptions } from './layers/index-layers.js';
import type { ReadImage, ReadLayer } from './read-image.js';

export interface VerifyOptions extends IndexOptions {
  /** Called once for each layer that does not match, in place of throwing ERR_LAYERS_BLOB_MISMATCH. */
  readonly onMismatch?: ((layer: ReadLayer) => void) | undefined;
}

const matching = new WeakSet<ReadLayer>();

/**
 * Compares the declared digests of layers that were not compared while they were read: those of uncompressed layers,
 * whose headers alone were read. Reads such a layer completely, and once, however often it is passed.
 *
 * Throws ERR_LAYERS_BLOB_MISMATCH, and as `readContent` does.
 */
export async function verifyLayers(
  image: Pick<ReadImage, 'archive'>,
  layers: readonly ReadLayer[],
  options: VerifyOptions = {},
): Promise<void> {
  const {
    onMismatch = (layer: ReadLayer): void => {
      throw layerMismatch(image, layer);
    },
  } = options;
  for (const layer of layers) if (layer.verified === false) onMismatch(layer);
  const open = layers.filter((layer) => layer.verified === null && !matching.has(layer));
  const inPlace: InPlace[] = [];
  for (const layer of open) {
    const algorithms = algorithmsOf(declaredOf(layer));
    if (layer.index === null || algorithms.length === 0) continue;
    const source =
      layer.bytes?.from === 'source' && layer.description.data === null ? layer.bytes.source : null;
    const kept = layer.isKept === true ? layer.index.digests.slice(0, 1) : [];
    if (source !== null && layer.index.compression === null)
      inPlace.push({ layer, source, algorithms, expected: declaredOf(layer) });
    // An earlier run found that a blob with this digest has the DiffID.
    else if (source !== null && kept.length > 0)
      inPlace.push({ layer, source, algorithms: algorithmsOf(kept), expected: kept });
    else if (await matchesStreamed(image, layer)) matching.add(layer);
    else onMismatch(layer);
  }
  const computed = await digestSources(inPlace, options);
  for (const [i, { layer, expected }] of inPlace.entries()) {
    if (expected.every((declared) => isMatch(declared, computed[i] ?? []))) matching.add(layer);
    else onMismatch(layer);
  }
}

interface InPlace {
  readonly layer: ReadLayer;
  readonly source: SyncByteSource;
  readonly algorithms: readonly ComputableAlgorithm[];
  readonly expected: readonly (Digest | null)[];
}

async function matchesStreamed(image: Pick<ReadImage, 'archive'>, layer: ReadLayer): Promise<boolean> {
  const { digest, diffId } = layer.description;
  return (
    isMatch(digest, await digestsOf(layerStored(image, layer), [digest])) &&
    isMatch(diffId, await digestsOf(layerTar(image, layer), [diffId]))
  );
}

async function digestsOf(
  chunks: AsyncIterable<Uint8Array>,
  declared: readonly (Digest | null)[],
): Promise<readonly Digest[]> {
  const digesters = algorithmsOf(declared).map((algorithm) => createDigester(algorithm));
  if (digesters.length === 0) return [];
  for await (const chunk of chunks) for (const digester of digesters) digester.update(chunk);
  return digesters.map((digester) => digester.digest());
}

/** Returns the declared digests of the bytes of a layer, which are those of its tar if it is uncompressed. */
function declaredOf({ description }: ReadLayer): readonly (Digest | null)[] {
  return [description.digest, description.diffId];
}

function algorithmsOf(digests: readonly (Digest | null)[]): readonly ComputableAlgorithm[] {
  const algorithms = digests.map((digest) => (digest === null ? null : computableAlgorithmOf(digest)));
  return [...new Set(algorithms.filter((algorithm) => algorithm !== null))];
}

/** Returns whether a declared digest was computed too, or was not computed. */
function isMatch(declared: Digest | null, computed: readonly Digest[]): boolean {
  const digest = comparableDigest(declared, computed);
  return digest === null || digest === declared;
}

/** Returns ERR_LAYERS_BLOB_MISMATCH for a layer that does not match its digest or DiffID. */
export function layerMismatch(
  { archive }: Pick<ReadImage, 'archive'>,
  { position, description }: ReadLayer,
): LayersError {
  return new LayersError('ERR_LAYERS_BLOB_MISMATCH', `layer ${position} does not match its digest`, {
    archive: archive.source.path,
    file: description.name,
    hint: 'the input is damaged: copy or download it again',
  });
}
