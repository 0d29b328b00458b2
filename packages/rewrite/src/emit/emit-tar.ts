import {
  type ReadImage,
  type ReadLayer,
  readContent,
  type VerifyOptions,
  verifyLayers,
} from '@layers/core/image';
import { Yielder } from '@layers/core/io';
import type { Union } from '@layers/core/rootfs';
import { END_OF_TAR } from '@layers/tar';
import type { TreePlan } from '../plan/tree-plan.js';
import { isSeekable, type LayerCursor, openCursor } from './layer-cursor.js';
import { type Segment, segmentsOf } from './segments.js';

const CHUNK_BYTES = 1024 * 1024;

export interface EmitOptions extends Pick<VerifyOptions, 'onMismatch' | 'threads'> {
  readonly signal?: AbortSignal | undefined;
}

/**
 * Emits the tar of a plan. Copied entries keep their bytes; each compressed layer is decompressed once. Chunks are views
 * that hold until the next step. Meanwhile threads verify the digests of the layers; the end marker of the tar follows
 * only if they match, and if the archive is unchanged.
 *
 * Throws ERR_LAYERS_BLOB_MISMATCH, ERR_LAYERS_NEEDS_FILE for a layer that was read from a pipe, ERR_LAYERS_INPUT_CHANGED,
 * ERR_LAYERS_TAR_UNENCODABLE, and the errors of damaged layers.
 */
export async function* emitTar(
  image: ReadImage,
  union: Union,
  plan: TreePlan,
  { signal, onMismatch, threads }: EmitOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  const stopped = new AbortController();
  const verification = verifyLayers(image, layersOf(image, plan), {
    signal: signal === undefined ? stopped.signal : AbortSignal.any([signal, stopped.signal]),
    onMismatch,
    threads,
  });
  // A rejection is handled where the verification is awaited.
  verification.catch(() => undefined);
  const cursors = createCursors(image);
  const chunk = new Uint8Array(CHUNK_BYTES);
  let filled = 0;
  const yielder = new Yielder({ signal });
  try {
    for (const segment of segmentsOf(union, plan)) {
      if (segment.kind === 'bytes' && segment.bytes === END_OF_TAR) {
        await verification;
        image.archive.checkUnchanged();
      }
      if (segment.kind === 'file') {
        // Sparse files are rare, so each one is read by a separate pass over the layer.
        for await (const piece of readContent(image, segment.layer, segment.entry)) {
          for (let at = 0; at < piece.length; ) {
            const part = piece.subarray(at, at + CHUNK_BYTES - filled);
            chunk.set(part, filled);
            filled += part.length;
            at += part.length;
            if (filled < CHUNK_BYTES) continue;
            yield chunk;
            filled = 0;
            signal?.throwIfAborted();
          }
        }
        continue;
      }
      const cursor = segment.kind === 'range' ? await cursors.of(segment.layer) : null;
      for (let done = 0, total = lengthOf(segment); done < total; ) {
        const target = chunk.subarray(filled, filled + Math.min(total - done, CHUNK_BYTES - filled));
        let count = target.length;
        if (segment.kind === 'bytes') target.set(segment.bytes.subarray(done, done + count));
        else if (cursor !== null) {
          const read = cursor.read(target, segment.from + done);
          count = typeof read === 'number' ? read : await read;
        }
        done += count;
        filled += count;
        if (filled < CHUNK_BYTES) continue;
        yield chunk;
        filled = 0;
        signal?.throwIfAborted();
        if (yielder.count(CHUNK_BYTES)) await yielder.pause();
      }
    }
    if (filled > 0) yield chunk.subarray(0, filled);
  } catch (error) {
    // A damaged layer can fail in another way first.
    await verification;
    throw error;
  } finally {
    stopped.abort();
    await cursors.close();
  }
}

/** Returns the layers that a plan reads. */
export function layersOf(image: ReadImage, plan: TreePlan): readonly ReadLayer[] {
  const positions = new Set<number>(plan.layer.subarray(0, plan.count));
  return image.layers.filter((_, position) => positions.has(position));
}

function lengthOf(segment: Exclude<Segment, { kind: 'file' }>): number {
  return segment.kind === 'bytes' ? segment.bytes.length : segment.length;
}

/** The most files that are open at once. */
const MAX_OPEN = 64;

/** Opens layers. Seekable ones stay open. Of the others, only the last one does. */
function createCursors(image: ReadImage) {
  const open = new Map<number, LayerCursor>();
  const close = async (isDone: (layer: number) => boolean): Promise<void> => {
    for (const [layer, cursor] of open) {
      if (!isDone(layer)) continue;
      open.delete(layer);
      await cursor.close();
    }
  };
  const staysOpen = (position: number): boolean => {
    const layer = image.layers[position];
    return layer !== undefined && isSeekable(layer);
  };
  return {
    async of(layer: number): Promise<LayerCursor> {
      const known = open.get(layer);
      if (known !== undefined) return known;
      await close((other) => open.size >= MAX_OPEN || !staysOpen(other));
      const cursor = openCursor(image, layer);
      open.set(layer, cursor);
      return cursor;
    },
    close: () => close(() => true),
  };
}
