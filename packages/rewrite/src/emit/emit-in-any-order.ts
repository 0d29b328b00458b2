import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { layerTar, type ReadImage, type ReadLayer } from '@layers/core/image';
import { createPositionedFile, holdTemporary, withBufferedWriter, writing } from '@layers/core/io';
import { dataOffsetOf, Kind, NONE, type Union } from '@layers/core/rootfs';
import { Action, type TreePlan } from '../plan/tree-plan.js';
import { type EmitOptions, emitTar } from './emit-tar.js';
import { isSeekable } from './layer-cursor.js';

/**
 * The tar that a plan describes, whose contents may stand in any order, as `emitTar` gives it. A layer that cannot be
 * read at any place is copied, uncompressed, into a temporary file first, where the plan does not go through it from
 * start to end; the file is removed with the last step, and in any case when the process exits.
 *
 * Throws as `emitTar` does, and ERR_LAYERS_WRITE_OUTPUT where the copy cannot be written.
 */
export async function* emitInAnyOrder(
  image: ReadImage,
  union: Union,
  plan: TreePlan,
  options: EmitOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  const wanted = layersToCopy(image, union, plan);
  if (wanted.size === 0) {
    yield* emitTar(image, union, plan, options);
    return;
  }
  const base = join(tmpdir(), 'layers-');
  const folder = writing(base, () => mkdtempSync(base));
  const remove = holdTemporary(folder);
  try {
    const layers: ReadLayer[] = [];
    for (const layer of image.layers) {
      const path = join(folder, String(layers.length));
      layers.push(wanted.has(layers.length) ? await copyToFile(image, layer, path, options) : layer);
    }
    yield* emitTar({ ...image, layers }, union, plan, options);
  } finally {
    remove();
  }
}

/** The layers that would have to be streamed, and of which the plan wants something that has gone by. */
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
    const goesOn = before === undefined || (layer === last && from > before);
    // The holes of a sparse file are made by who reads the layer on its own account.
    if (!goesOn || changeset.sparse.has(entry)) backwards.add(layer);
    reached.set(layer, from);
    last = layer;
  }
  return backwards;
}

/** The layer as one that lies uncompressed in a file. */
async function copyToFile(
  image: ReadImage,
  layer: ReadLayer,
  path: string,
  { signal }: EmitOptions,
): Promise<ReadLayer> {
  const file = await createPositionedFile(path, path, 0o600);
  let length = 0;
  const append = (bytes: Uint8Array): Promise<void> => {
    const position = length;
    length += bytes.length;
    return file.writeAt(bytes, position);
  };
  try {
    await withBufferedWriter(append, async ({ write }) => {
      for await (const chunk of layerTar(image, layer)) {
        signal?.throwIfAborted();
        await write(chunk);
      }
    });
  } finally {
    await file.close();
  }
  const index = layer.index === null ? null : { ...layer.index, compression: null };
  return { ...layer, index, bytes: { from: 'range', range: { path, offset: 0, length } } };
}
