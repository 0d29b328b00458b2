import { availableParallelism } from 'node:os';
import { layerTar, type ReadImage, type ReadLayer } from '@layers/core/image';
import type { Union } from '@layers/core/rootfs';
import { type EmitOptions, emitTar } from '../emit/emit-tar.js';
import { plannedTarBytes } from '../emit/segments.js';
import type { GeneratedLayer, LayerCompression, NewLayer } from '../image/new-image.js';
import type { TreePlan } from '../plan/tree-plan.js';
import { diffIdOf, existingLayer } from './existing-layer.js';

/** Returns a layer that is generated from a plan. */
export function plannedLayer(
  image: ReadImage,
  union: Union,
  plan: TreePlan,
  compression: LayerCompression,
  options: EmitOptions = {},
): GeneratedLayer {
  // One core is for this thread, which hashes the tar.
  const threads = Math.max(1, availableParallelism() - 1);
  return {
    kind: 'generated',
    tarBytes: plannedTarBytes(union, plan),
    compression,
    usesThreads: image.layers.some(({ verified }) => verified === null),
    tar: () => emitTar(image, union, plan, { ...options, threads }),
  };
}

/** Returns a layer with the same tar, and so the same DiffID, and another compression. */
export function recompressedLayer(
  image: ReadImage,
  layer: ReadLayer,
  compression: LayerCompression,
): GeneratedLayer {
  return {
    kind: 'generated',
    tarBytes: layer.index?.tarBytes ?? null,
    compression,
    diffId: diffIdOf(layer),
    archive: image.archive.source.path,
    tar: () => layerTar(image, layer),
  };
}

/** Returns a layer with the same tar: the same blob if it has the compression, or none is given. */
export function repackedLayer(
  image: ReadImage,
  layer: ReadLayer,
  compression: LayerCompression | undefined,
): NewLayer {
  if (compression === undefined) return existingLayer(image, layer);
  const isKept = (layer.index?.compression ?? 'none') === compression.kind && compression.level === null;
  return isKept ? existingLayer(image, layer) : recompressedLayer(image, layer, compression);
}
