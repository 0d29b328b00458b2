import { NONE } from '@layers/core/rootfs';
import { END_OF_TAR, encodeHeader, type NewEntry, paddingFor } from '@layers/tar';
import { headerBytes, paddedTo512 } from '@layers/tar/internal';
import type { ContentBatches, ContentEvent } from './content-batches.js';
import { imageContents } from './image-contents.js';
import { createLayerHeaders, type LayerHeaders } from './layer-headers.js';
import type { LayerOrder } from './layer-order.js';
import type { LayerStack } from './layer-stack.js';
import { inputChanged } from './scanned-source.js';

/** Everything that the new layer is written from. */
export interface LayerDraft {
  readonly stack: LayerStack;
  readonly statuses: Uint8Array;
  readonly order: LayerOrder;
  /** Modification time of entries that no source has, in seconds since 1970. */
  readonly defaultTime: number;
  readonly tarBytes: number;
}

const BATCH_BYTES = 64 * 1024;

/** Returns the exact bytes of the tar. Throws ERR_LAYERS_TAR_UNENCODABLE, so that writing does not. */
export function measureLayer({ stack, statuses, order, defaultTime }: Omit<LayerDraft, 'tarBytes'>): number {
  const headers = createLayerHeaders(stack, statuses, defaultTime);
  let bytes = END_OF_TAR.length;
  for (const node of order.withoutData) bytes += headerBytes(headers.of(node));
  order.contents.forEach((column, layer) => {
    column?.forEach((node, entry) => {
      if (node === NONE) return;
      bytes += headerBytes(headers.of(node));
      bytes += paddedTo512(stack.after.layers[layer]?.size[entry] ?? 0);
    });
  });
  order.links.forEach((node, i) => {
    bytes += headerBytes(headers.link(node, order.targets[i] ?? NONE));
  });
  return bytes;
}

/** Writes the tar. Chunks are views that hold until the next step. Throws as `AppendPlan.tar` does. */
export async function* writeLayer(draft: LayerDraft): AsyncGenerator<Uint8Array> {
  let written = 0;
  for await (const bytes of batched(layerBatches(draft))) {
    written += bytes.length;
    yield bytes;
  }
  if (written !== draft.tarBytes) throw inputChanged('an added file');
}

/** Yields the tar in batches, as contents are read. */
async function* layerBatches({
  stack,
  statuses,
  order,
  defaultTime,
}: LayerDraft): AsyncGenerator<Iterable<Uint8Array>> {
  const headers = createLayerHeaders(stack, statuses, defaultTime);
  yield headersOf(order.withoutData, headers.of);
  for (const [layer, column] of order.contents.entries()) {
    if (column === null) continue;
    const writer = createFileWriter(headers, column, stack.after.layers[layer]?.size);
    for await (const batch of contentsOf(stack, layer, column)) yield writer.chunks(batch);
    yield [writer.end()];
  }
  yield headersOf(order.links, (node, i) => headers.link(node, order.targets[i] ?? NONE));
  yield [END_OF_TAR];
}

function* headersOf(nodes: Int32Array, entryOf: (node: number, i: number) => NewEntry) {
  for (const [i, node] of nodes.entries()) yield encodeHeader(entryOf(node, i));
}

/** Writes files: a header, as many bytes as it declares, and padding. Throws ERR_LAYERS_INPUT_CHANGED. */
function createFileWriter(headers: LayerHeaders, nodeOf: Int32Array, sizes: ArrayLike<number> | undefined) {
  let padding: Uint8Array = new Uint8Array(0);
  let bytesLeft = 0;
  const end = (): Uint8Array => {
    if (bytesLeft !== 0) throw inputChanged('an added file');
    return padding;
  };
  return {
    *chunks(batch: Iterable<ContentEvent>): Generator<Uint8Array> {
      for (const event of batch) {
        if ('bytes' in event) {
          bytesLeft -= event.bytes.length;
          yield event.bytes;
          continue;
        }
        yield end();
        bytesLeft = sizes?.[event.start] ?? 0;
        padding = paddingFor(bytesLeft);
        yield encodeHeader(headers.of(nodeOf[event.start] ?? NONE));
      }
    },
    end,
  };
}

function contentsOf(stack: LayerStack, layer: number, column: Int32Array): ContentBatches {
  const source = stack.sources[layer - stack.before.layers.length];
  if (source) return source.contents((entry) => (column[entry] ?? NONE) !== NONE);
  const entries = [...column.keys()].filter((entry) => column[entry] !== NONE);
  return stack.base === null ? nothing() : imageContents(stack.base.image, layer, entries);
}

async function* nothing(): ContentBatches {}

/** Joins small chunks, because each one has a cost for the consumer. */
async function* batched(batches: AsyncIterable<Iterable<Uint8Array>>): AsyncGenerator<Uint8Array> {
  const batch = new Uint8Array(BATCH_BYTES);
  let filled = 0;
  for await (const chunks of batches) {
    for (const chunk of chunks) {
      if (filled + chunk.length > BATCH_BYTES && filled > 0) {
        yield batch.subarray(0, filled);
        filled = 0;
      }
      if (chunk.length >= BATCH_BYTES) {
        yield chunk;
        continue;
      }
      batch.set(chunk, filled);
      filled += chunk.length;
    }
  }
  if (filled > 0) yield batch.subarray(0, filled);
}
