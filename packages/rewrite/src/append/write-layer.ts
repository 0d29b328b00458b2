import { NONE } from '@layers/core';
import { END_OF_TAR, paddedTo512, paddingFor } from '@layers/tar';
import { type ContentEvent, inputChanged } from './gathered.js';
import { imageContents } from './image-contents.js';
import type { LayerOrder } from './layer-order.js';
import { linkHeader, nodeHeader } from './node-header.js';
import type { Stacked } from './stacked.js';

/** All that a layer is made of. */
export interface LayerDraft {
  readonly stack: Stacked;
  readonly marks: Uint8Array;
  readonly order: LayerOrder;
  /** Of what the sources do not have, in seconds since 1970. */
  readonly madeTime: number;
  readonly tarBytes: number;
}

const BATCH_BYTES = 64 * 1024;

/** Exact bytes of the tar. Throws ERR_LAYERS_TAR_UNENCODABLE, so that writing will not. */
export function measureLayer({ stack, marks, order, madeTime }: Omit<LayerDraft, 'tarBytes'>): number {
  let bytes = END_OF_TAR.length;
  for (const node of order.early) bytes += nodeHeader(stack, marks, node, madeTime).length;
  order.contents.forEach((column, layer) => {
    column?.forEach((node, entry) => {
      if (node === NONE) return;
      bytes += nodeHeader(stack, marks, node, madeTime).length;
      bytes += paddedTo512(stack.after.layers[layer]?.size[entry] ?? 0);
    });
  });
  order.links.forEach((node, i) => {
    bytes += linkHeader(stack, node, order.targets[i] ?? NONE).length;
  });
  return bytes;
}

/** The tar, in views that hold until the next step. Throws as the plan's `tar` says. */
export async function* writeLayer(draft: LayerDraft): AsyncGenerator<Uint8Array> {
  let written = 0;
  for await (const bytes of batched(layerPieces(draft))) {
    written += bytes.length;
    yield bytes;
  }
  if (written !== draft.tarBytes) throw inputChanged('what is added');
}

async function* layerPieces({ stack, marks, order, madeTime }: LayerDraft): AsyncGenerator<Uint8Array> {
  for (const node of order.early) yield nodeHeader(stack, marks, node, madeTime);
  for (const [layer, column] of order.contents.entries()) {
    if (column === null) continue;
    const sizes = stack.after.layers[layer]?.size;
    let padding: Uint8Array = new Uint8Array(0);
    let left = 0;
    for await (const event of contentsOf(stack, layer, column)) {
      if ('bytes' in event) {
        left -= event.bytes.length;
        yield event.bytes;
        continue;
      }
      if (left !== 0) throw inputChanged('what is added');
      yield padding;
      const size = sizes?.[event.start] ?? 0;
      left = size;
      padding = paddingFor(size);
      yield nodeHeader(stack, marks, column[event.start] ?? NONE, madeTime);
    }
    if (left !== 0) throw inputChanged('what is added');
    yield padding;
  }
  for (const [i, node] of order.links.entries()) yield linkHeader(stack, node, order.targets[i] ?? NONE);
  yield END_OF_TAR;
}

function contentsOf(stack: Stacked, layer: number, column: Int32Array): AsyncIterable<ContentEvent> {
  const source = stack.sources[layer - stack.before.layers.length];
  if (source) return source.contents((entry) => (column[entry] ?? NONE) !== NONE);
  const entries = [...column.keys()].filter((entry) => column[entry] !== NONE);
  return stack.base === null ? nothing() : imageContents(stack.base.image, layer, entries);
}

async function* nothing(): AsyncGenerator<ContentEvent> {}

/** Small pieces put together, since what takes them pays for each. */
async function* batched(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const batch = new Uint8Array(BATCH_BYTES);
  let filled = 0;
  for await (const piece of pieces) {
    if (filled + piece.length > BATCH_BYTES && filled > 0) {
      yield batch.subarray(0, filled);
      filled = 0;
    }
    if (piece.length >= BATCH_BYTES) {
      yield piece;
      continue;
    }
    batch.set(piece, filled);
    filled += piece.length;
  }
  if (filled > 0) yield batch.subarray(0, filled);
}
