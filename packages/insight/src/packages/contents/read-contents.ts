import type { LayerOptions } from '@layers/core/api';
import {
  changesetOf,
  createContentReader,
  layerTar,
  type ReadImage,
  type ReadLayer,
  readContent,
} from '@layers/core/image';
import type { OpenBytes, SyncByteSource } from '@layers/core/io';
import { type Changeset, dataOffsetOf } from '@layers/core/rootfs';
import { HeldContent } from '#insight/packages/contents/held-content.js';
import type { RandomAccessFile } from '../languages/language-package.js';
import { Collector, type ContentTask, giveTo } from './content-task.js';
import type { KnownPackageFiles } from './kept-files.js';

/**
 * Reads contents, layer by layer, each layer once. Of an uncompressed layer, only what the tasks read; a compressed layer
 * up to the last content. Reads no layer of which everything is known.
 *
 * @param tasks by the position of the layer
 * @param afterLayer is called after each layer, in order
 * @param options `signal` ends it; `onProgress` receives the bytes of the layers that are read
 * @throws LayersError as `readContent`; ERR_LAYERS_WRITE_OUTPUT for a temporary file
 */
export async function readContents(
  image: ReadImage,
  tasks: ReadonlyMap<number, readonly ContentTask[]>,
  afterLayer: (layer: number) => void,
  { signal, onProgress, known }: LayerOptions & { readonly known?: KnownPackageFiles | undefined } = {},
): Promise<void> {
  const held = new HeldContent();
  const totalBytes = image.layers.reduce((sum, { position, index }) => {
    return sum + (tasks.has(position) ? (index?.tarBytes ?? 0) : 0);
  }, 0);
  let before = 0;
  let doneBytes = 0;
  const pass = (bytes: number): void => {
    signal?.throwIfAborted();
    doneBytes += bytes;
    onProgress?.({ doneBytes: Math.min(doneBytes, totalBytes), totalBytes });
  };
  try {
    for (const layer of image.layers) {
      const ofLayer = byEntry(tasks.get(layer.position) ?? []);
      const kept = known?.get(changesetOf(layer));
      if (ofLayer.size > 0) {
        if (kept?.answer([...ofLayer.values()].flat()) === true) {
          // Nothing is left to read.
        } else if (layer.bytes?.from === 'source' && layer.index?.compression === null) {
          await readInPlace(image, layer, layer.bytes.source, ofLayer, held);
        } else await readStreamed(image, layer, ofLayer, held, pass);
        before += layer.index?.tarBytes ?? 0;
        pass(before - doneBytes);
      }
      afterLayer(layer.position);
    }
    image.archive.checkUnchanged();
  } catch (error) {
    // Anything may be wrong in an archive that changes.
    image.archive.checkUnchanged();
    throw error;
  } finally {
    held.close();
  }
}

type Tasks = ReadonlyMap<number, readonly ContentTask[]>;

/** Groups tasks by entry, in the order in which the entries are stored. */
function byEntry(tasks: readonly ContentTask[]): Tasks {
  const entries = new Map<number, ContentTask[]>();
  for (const task of [...tasks].sort((a, b) => a.entry - b.entry)) {
    const same = entries.get(task.entry);
    if (same === undefined) entries.set(task.entry, [task]);
    else same.push(task);
  }
  return entries;
}

async function readInPlace(
  image: ReadImage,
  layer: ReadLayer,
  bytes: SyncByteSource,
  tasks: Tasks,
  held: HeldContent,
): Promise<void> {
  const changeset = changesetOf(layer);
  const source = bytes.open();
  try {
    for (const [entry, same] of tasks) {
      if (changeset.sparse.has(entry)) {
        const collector = new Collector(held, same, changeset.size[entry] ?? 0);
        for await (const piece of readContent(image, layer.position, entry)) collector.write(piece);
        collector.end();
        continue;
      }
      for (const task of same) giveTo(task, fileInPlace(task.path, changeset, entry, source));
    }
  } finally {
    source.close();
  }
}

function fileInPlace(path: string, changeset: Changeset, entry: number, source: OpenBytes): RandomAccessFile {
  const start = dataOffsetOf(changeset, entry);
  const size = changeset.size[entry] ?? 0;
  return {
    path,
    size,
    read(position, length) {
      const end = Math.min(position + length, size);
      if (!(position >= 0 && end > position)) return new Uint8Array(0);
      const target = new Uint8Array(end - position);
      return target.subarray(0, source.read(target, start + position));
    },
  };
}

async function readStreamed(
  image: ReadImage,
  layer: ReadLayer,
  tasks: Tasks,
  held: HeldContent,
  pass: (bytes: number) => void,
): Promise<void> {
  const { size } = changesetOf(layer);
  let left = tasks.size;
  const reader = createContentReader(
    (entry) => tasks.has(entry),
    (entry) => {
      const collector = new Collector(held, tasks.get(entry) ?? [], size[entry] ?? 0);
      return {
        write: (bytes) => collector.write(bytes),
        hole: (bytes) => collector.hole(bytes),
        end() {
          collector.end();
          left--;
        },
      };
    },
  );
  for await (const chunk of layerTar(image, layer)) {
    reader.write(chunk);
    pass(chunk.length);
    if (left === 0) return;
  }
  reader.end();
}
