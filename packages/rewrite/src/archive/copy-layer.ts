import { computableAlgorithmOf, createDigester } from '@layers/core/digest';
import type { ExistingLayer, GeneratedLayer, LayerCompression, NewLayer } from '../image/new-image.js';
import type { LayerDigests } from './layer-digests.js';
import { blobMismatch, internalError, type LayerFacts } from './layer-facts.js';

/** Packs a layer's tar. Takes views that hold until the next step, and gives such. */
export type CompressTar = (
  tar: AsyncIterable<Uint8Array>,
  compression: LayerCompression,
) => AsyncIterable<Uint8Array>;

/** What goes on while layers pass. */
export interface CopyContext {
  readonly compress: CompressTar;
  readonly digests: LayerDigests;
  /** Is told of bytes of layers that were read or made; throws to end it all. */
  onBytes(bytes: number): void;
}

/** Takes the next bytes of a blob, and is done with their memory when it resolves. */
export type Sink = (chunk: Uint8Array) => Promise<void>;

/** Passes the blob of a layer to `sink` and tells its facts. All layers' bytes go through here and are hashed here. */
export function copyLayer(layer: NewLayer, sink: Sink, context: CopyContext): Promise<LayerFacts> {
  return layer.kind === 'existing' ? copyExisting(layer, sink, context) : copyGenerated(layer, sink, context);
}

/** Throws ERR_LAYERS_BLOB_MISMATCH; `sink` has never taken more bytes than the layer claims to have. */
async function copyExisting(layer: ExistingLayer, sink: Sink, context: CopyContext): Promise<LayerFacts> {
  const { digest, diffId, size } = layer;
  const digester = await context.digests.of(computableAlgorithmOf(digest) ?? 'sha256', size);
  let seen = 0;
  for await (const chunk of layer.chunks()) {
    context.onBytes(chunk.length);
    seen += chunk.length;
    if (seen > size) throw blobMismatch(layer, `it has more than the ${size} bytes that are claimed`);
    digester.update(chunk);
    await sink(chunk);
  }
  if (seen < size) throw blobMismatch(layer, `it has ${seen} bytes and ${size} are claimed`);
  const computed = await digester.digest();
  if (computed !== digest) throw blobMismatch(layer, `its bytes have the digest ${computed}`);
  return { digest, diffId, size };
}

async function copyGenerated(layer: GeneratedLayer, sink: Sink, context: CopyContext): Promise<LayerFacts> {
  const { tarBytes, compression } = layer;
  // Compressors keep two cores busy by themselves.
  const others = compression.kind === 'none' ? 0 : 2;
  const tarDigester = await context.digests.of('sha256', tarBytes, others);
  let seen = 0;
  async function* tar(): AsyncGenerator<Uint8Array> {
    for await (const chunk of layer.tar()) {
      context.onBytes(chunk.length);
      seen += chunk.length;
      if (tarBytes !== null && seen > tarBytes)
        throw internalError(`a layer has more than ${tarBytes} bytes`);
      tarDigester.update(chunk);
      yield chunk;
    }
    if (tarBytes !== null && seen < tarBytes)
      throw internalError(`a layer has ${seen} bytes in the place of ${tarBytes}`);
  }
  if (compression.kind === 'none') {
    for await (const chunk of tar()) await sink(chunk);
    const diffId = await tarDigester.digest();
    return { digest: diffId, diffId, size: seen };
  }
  const digester = createDigester();
  let size = 0;
  for await (const chunk of context.compress(tar(), compression)) {
    size += chunk.length;
    digester.update(chunk);
    await sink(chunk);
  }
  return { digest: digester.digest(), diffId: await tarDigester.digest(), size };
}
