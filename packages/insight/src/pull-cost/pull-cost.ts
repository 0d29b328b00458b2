import { imageInfo, instructionsOfLayers } from '@layers/core/analysis';
import { compareImages, type LayersDiff } from '@layers/core/diff';
import type { SourceInfo } from '@layers/core/image';
import type { PulledImage, PulledLayer, PullTotals, PullUpdate, SameLayer } from './document.js';
import { gzipBytes } from './gzip-bytes.js';
import { isSameBlob, isSameTar, type LayerBlob, layerBlobs, type PullImage } from './layer-blobs.js';
import { newContents } from './new-contents.js';

/** An image with the archive that it is in. */
export interface PullSide extends PullImage {
  readonly source: SourceInfo;
}

/** Options of `pullUpdate`. */
export interface PullOptions {
  /** Whether uncompressed layers are compressed to learn the size that a registry has them with. */
  readonly gzip?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Returns what a host that has image A transfers to get image B. Without the layers, only documents are compared.
 *
 * @throws LayersError ERR_LAYERS_READ; ERR_LAYERS_NEEDS_FILE for a stream
 */
export async function pullUpdate(a: PullSide, b: PullSide, options: PullOptions = {}): Promise<PullUpdate> {
  const sizes = options.gzip === true && b.read !== null ? await gzipBytes(b.read, options.signal) : [];
  const [blobsA, blobsB] = [layerBlobs(a, []), layerBlobs(b, sizes)];
  const states = blobsB.map((blob, i) => stateOf(blob, blobsA, blobsB.slice(0, i)));
  const fetched = states.flatMap((state, i) => (state === 'fetched' ? [i] : []));
  const [diff, contents] =
    a.read === null || b.read === null
      ? [null, null]
      : [
          (await compareImages(a.read, b.read, { only: ['layers'], signal: options.signal })).layers,
          await newContents(a.read, b.read, fetched),
        ];
  const instructions = instructionsOfLayers(b.description);
  const layers = blobsB.map((blob, layer): PulledLayer => {
    const state = states[layer] ?? 'fetched';
    return {
      layer,
      digest: blob.digest,
      diffId: blob.diffId,
      instruction: instructions[layer] ?? null,
      bytes: blob.bytes,
      isEstimated: blob.isEstimated,
      state,
      sameAs: state === 'fetched' ? sameLayer(diff, layer) : null,
      newContentBytes: contents === null ? null : (contents.find((each) => each.layer === layer)?.bytes ?? 0),
    };
  });
  return {
    a: pulledImage(a),
    b: pulledImage(b),
    totals: totalsOf(layers, { a, b, blobsA, blobsB }),
    layers,
  };
}

function stateOf(
  blob: LayerBlob,
  blobsA: readonly LayerBlob[],
  below: readonly LayerBlob[],
): PulledLayer['state'] {
  if (blobsA.some((each) => isSameBlob(each, blob))) return 'shared';
  return below.some((each) => isSameBlob(each, blob)) ? 'repeated' : 'fetched';
}

function sameLayer(diff: LayersDiff | null, layer: number): SameLayer | null {
  const same = diff?.sameTree.find(({ b }) => b.layer === layer);
  if (same !== undefined) return { layer: same.a.layer, differs: same.differs };
  const shared = diff?.shared.find(({ layerB }) => layerB === layer);
  return shared === undefined ? null : { layer: shared.layerA, differs: ['compression'] };
}

interface Compared {
  readonly a: PullSide;
  readonly b: PullSide;
  readonly blobsA: readonly LayerBlob[];
  readonly blobsB: readonly LayerBlob[];
}

function totalsOf(layers: readonly PulledLayer[], { a, b, blobsA, blobsB }: Compared): PullTotals {
  const fetched = layers.filter(({ state }) => state === 'fetched');
  const known = (each: { readonly bytes: number | null }) => each.bytes ?? 0;
  const sum = (each: readonly { readonly bytes: number | null }[]) =>
    each.reduce((bytes, one) => bytes + known(one), 0);
  const differing = blobsB.findIndex((blob, i) => {
    const other = blobsA[i];
    return other === undefined || !(isSameTar(other, blob) || isSameBlob(other, blob));
  });
  const above = differing < 0 ? [] : blobsB.slice(differing);
  const once = above.filter((blob, i) => !above.slice(0, i).some((each) => isSameBlob(each, blob)));
  const isRead = layers.every(({ newContentBytes }) => newContentBytes !== null);
  return {
    layerBytes: sum(layers.filter(({ state }, i) => state !== 'repeated' && isFirst(blobsB, i))),
    fetchedBytes: sum(fetched),
    fetchedLayers: fetched.length,
    dockerBytes: sum(once),
    documentBytes: documentBytes(a, b),
    isEstimated: fetched.some(({ isEstimated }) => isEstimated),
    newContentBytes: isRead ? fetched.reduce((bytes, each) => bytes + (each.newContentBytes ?? 0), 0) : null,
    newFileBytes: isRead ? Math.round(fetched.reduce((bytes, each) => bytes + compressed(each, b), 0)) : null,
  };
}

function isFirst(blobs: readonly LayerBlob[], position: number): boolean {
  const blob = blobs[position];
  return blob !== undefined && !blobs.slice(0, position).some((each) => isSameBlob(each, blob));
}

/** Returns what the new contents of a layer need if they compress as well as the whole layer. */
function compressed({ layer, bytes, newContentBytes }: PulledLayer, { read }: PullSide): number {
  const tarBytes = read?.layers[layer]?.index?.tarBytes ?? 0;
  if (newContentBytes === null || bytes === null || tarBytes === 0) return 0;
  return Math.min(bytes, (newContentBytes * bytes) / tarBytes);
}

function documentBytes(a: PullSide, b: PullSide): number {
  const known = new Set(a.description.documents.map(({ digest }) => digest));
  return b.description.documents
    .filter(
      ({ digest }, i, all) => !known.has(digest) && all.findIndex((each) => each.digest === digest) === i,
    )
    .reduce((sum, { bytes }) => sum + bytes.length, 0);
}

function pulledImage({ source, description }: PullSide): PulledImage {
  return { source, image: imageInfo(description), layers: description.layers.length };
}
