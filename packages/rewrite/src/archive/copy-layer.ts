import { sniffCompression } from '@layers/core/compression';
import { computableAlgorithmOf, createDigester, type Digest } from '@layers/core/digest';
import { isTarType } from '@layers/core/oci';
import type { ExistingLayer, GeneratedLayer, LayerCompression, NewLayer } from '../image/new-image.js';
import type { LayerDigests } from './layer-digests.js';
import { blobMismatch, internalError, type LayerFacts, tarMismatch } from './layer-facts.js';

/** Compresses a layer's tar. Input and output chunks are views that hold until the next step. */
export type CompressTar = (
  tar: AsyncIterable<Uint8Array>,
  compression: LayerCompression,
) => AsyncIterable<Uint8Array>;

/** What copying layers needs. */
export interface CopyContext {
  readonly compress: CompressTar;
  readonly digests: LayerDigests;
  /** Receives the number of bytes that were read or generated. May throw to stop. */
  onBytes(bytes: number): void;
}

/** Writes the next bytes of a blob. Must not use their memory after it resolves. */
export type Sink = (chunk: Uint8Array) => Promise<void>;

/** Writes the blob of a layer to `sink`, and returns its facts. Every layer is hashed here. */
export function copyLayer(layer: NewLayer, sink: Sink, context: CopyContext): Promise<LayerFacts> {
  return layer.kind === 'existing' ? copyExisting(layer, sink, context) : copyGenerated(layer, sink, context);
}

/** Throws ERR_LAYERS_BLOB_MISMATCH. Never writes more bytes than the layer declares. */
async function copyExisting(layer: ExistingLayer, sink: Sink, context: CopyContext): Promise<LayerFacts> {
  const { digest, diffId, sizeBytes, mediaType } = layer;
  const digester = await context.digests.of(computableAlgorithmOf(digest) ?? 'sha256', sizeBytes);
  // Others, such as encrypted layers, are not what the DiffID is about.
  const algorithm = isTarType(mediaType) ? computableAlgorithmOf(diffId) : null;
  const other =
    algorithm === null || algorithm === computableAlgorithmOf(digest) ? null : createDigester(algorithm);
  let isCompressed: boolean | null = null;
  let seen = 0;
  for await (const chunk of layer.chunks()) {
    context.onBytes(chunk.length);
    seen += chunk.length;
    isCompressed ??= sniffCompression(chunk) !== null;
    if (!isCompressed) other?.update(chunk);
    if (seen > sizeBytes) throw blobMismatch(layer, `it has more than the declared ${sizeBytes} bytes`);
    digester.update(chunk);
    await sink(chunk);
  }
  if (seen < sizeBytes) throw blobMismatch(layer, `it has ${seen} of the declared ${sizeBytes} bytes`);
  const computed = await digester.digest();
  if (computed !== digest) throw blobMismatch(layer, `its actual digest is ${computed}`);
  // An uncompressed blob is the layer's tar itself.
  const tarDigest = isCompressed === true || algorithm === null ? null : (other?.digest() ?? computed);
  if (tarDigest !== null && tarDigest !== diffId) throw tarMismatch(layer, tarDigest);
  return { digest, diffId, sizeBytes };
}

/** Throws ERR_LAYERS_BLOB_MISMATCH for a layer whose tar does not have the DiffID that it must have. */
async function copyGenerated(layer: GeneratedLayer, sink: Sink, context: CopyContext): Promise<LayerFacts> {
  const { tarBytes, compression, diffId: expected } = layer;
  // Compression uses two cores itself.
  const others = compression.kind !== 'none' ? 2 : layer.usesThreads === true ? 1 : 0;
  const tarDigester = await context.digests.of('sha256', tarBytes, others);
  const algorithm = expected === undefined ? null : computableAlgorithmOf(expected);
  const other = algorithm === null || algorithm === 'sha256' ? null : createDigester(algorithm);
  let seen = 0;
  const checkedDiffId = async (): Promise<Digest> => {
    const diffId = await tarDigester.digest();
    const computed = other === null ? diffId : other.digest();
    if (algorithm !== null && expected !== computed) throw tarMismatch(layer, computed);
    return diffId;
  };
  async function* tar(): AsyncGenerator<Uint8Array> {
    for await (const chunk of layer.tar()) {
      context.onBytes(chunk.length);
      seen += chunk.length;
      other?.update(chunk);
      if (tarBytes !== null && seen > tarBytes)
        throw internalError(`a layer has more than ${tarBytes} bytes`);
      tarDigester.update(chunk);
      yield chunk;
    }
    if (tarBytes !== null && seen < tarBytes)
      throw internalError(`a layer has ${seen} bytes instead of ${tarBytes}`);
  }
  if (compression.kind === 'none') {
    for await (const chunk of tar()) await sink(chunk);
    const diffId = await checkedDiffId();
    return { digest: diffId, diffId, sizeBytes: seen };
  }
  const digester = createDigester();
  let sizeBytes = 0;
  for await (const chunk of context.compress(tar(), compression)) {
    sizeBytes += chunk.length;
    digester.update(chunk);
    await sink(chunk);
  }
  return { digest: digester.digest(), diffId: await checkedDiffId(), sizeBytes };
}
