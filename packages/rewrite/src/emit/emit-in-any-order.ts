import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ReadImage, type ReadLayer, verifyLayers } from '@layers/core/image';
import { makeTemporaryDirectory, writing } from '@layers/core/io';
import { dataOffsetOf, Kind, NONE, type Union } from '@layers/core/rootfs';
import { Action, type TreePlan } from '../plan/tree-plan.js';
import { copyToFile } from './copy-to-file.js';
import { type EmitOptions, emitTar, layersOf } from './emit-tar.js';
import { isSeekable } from './layer-cursor.js';

/**
 * Emits the tar of a plan whose contents may be in any order. If the plan does not read a compressed layer from start
 * to end, the layer is first decompressed to a temporary file. The file is removed at the end, or when the process exits.
 *
 * Throws what `emitTar` throws, and ERR_LAYERS_WRITE_OUTPUT if the temporary file cannot be written.
 */
export async function* emitInAnyOrder(
  image: ReadImage,
  union: Union,
  plan: TreePlan,
  options: EmitOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  const toCopy = layersToCopy(image, union, plan);
  if (toCopy.size === 0) {
    yield* emitTar(image, union, plan, options);
    return;
  }
  await verifyLayers(image, layersOf(image, plan), options);
  const directory = writing(tmpdir(), () => makeTemporaryDirectory());
  try {
    const layers: ReadLayer[] = [];
    for (const layer of image.layers) {
      const path = join(directory.path, String(layers.length));
      layers.push(toCopy.has(layers.length) ? await copyToFile(image, layer, path, options) : layer);
    }
    yield* emitTar({ ...image, layers }, union, plan, options);
  } finally {
    directory.remove();
  }
}

/** Returns the layers that can only be streamed and that the plan does not read in order. */
function layersToCopy(image: ReadImage, union: Union, plan: TreePlan): ReadonlySet<number> {
  const streamed = image.layers.map((layer) => !isSeekable(layer));
  const reached = new Map<number, number>();
  const backwards = new Set<number>();
  let last = NONE;
  for (let step = 0; step < plan.count; step++) {
    const layer = plan.layer[step] ?? NONE;
    const entry = plan.entry[step] ?? NONE;
    const changeset = union.layers[layer];
    if (changeset === undefined || plan.action[step] !== Action.create || streamed[layer] !== true) continue;
    if (changeset.kind[entry] !== Kind.file || changeset.size[entry] === 0) continue;
    const from = dataOffsetOf(changeset, entry);
    const before = reached.get(layer);
    const isForward = before === undefined || (layer === last && from > before);
    // The content of a sparse entry is read by a separate pass.
    if (!isForward || changeset.sparse.has(entry)) backwards.add(layer);
    reached.set(layer, from);
    last = layer;
  }
  return backwards;
}
