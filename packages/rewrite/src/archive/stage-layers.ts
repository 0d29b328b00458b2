import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createPositionedFile, holdTemporary, openRange, withBufferedWriter, writing } from '@layers/core/io';
import type { GeneratedLayer, NewLayer } from '../image/new-image.js';
import { type CopyContext, copyLayer, type Sink } from './copy-layer.js';
import { internalError, type LayerFacts } from './layer-facts.js';

const CHUNK_BYTES = 1024 * 1024;

/** Made layers that wait in a temporary folder until the documents which stand before them are known. */
export interface StagedLayers {
  readonly facts: ReadonlyMap<GeneratedLayer, LayerFacts>;
  /** Gives the blob of a made layer to `sink` and removes it: each can be had once. */
  take(layer: GeneratedLayer, sink: Sink): Promise<void>;
  /** Removes what is left, which otherwise is removed when the process exits. */
  remove(): void;
}

/**
 * Makes the made ones of `layers` in a temporary folder: beside the output where it is a file, so that it needs room
 * on the same disk; in the system's folder where `output` is null. Throws ERR_LAYERS_WRITE_OUTPUT.
 */
export async function stageLayers(
  layers: readonly NewLayer[],
  output: string | null,
  context: CopyContext,
): Promise<StagedLayers> {
  const base = output === null ? join(tmpdir(), 'layers-') : join(dirname(output), '.layers-');
  const folder = writing(dirname(base), () => mkdtempSync(base));
  const remove = holdTemporary(folder);
  const facts = new Map<GeneratedLayer, LayerFacts>();
  const paths = new Map<GeneratedLayer, string>();
  try {
    for (const layer of layers) {
      if (layer.kind === 'existing') continue;
      const path = join(folder, String(paths.size));
      paths.set(layer, path);
      facts.set(layer, await stage(layer, path, context));
    }
  } catch (error) {
    remove();
    throw error;
  }
  return {
    facts,
    remove,
    async take(layer, sink) {
      const path = paths.get(layer);
      const size = facts.get(layer)?.size;
      if (path === undefined || size === undefined) throw internalError('a layer was not made');
      await readAll(path, size, sink);
      rmSync(path);
    },
  };
}

async function stage(layer: GeneratedLayer, path: string, context: CopyContext): Promise<LayerFacts> {
  const file = await createPositionedFile(path, path, 0o600);
  let end = 0;
  const append = (bytes: Uint8Array): Promise<void> => {
    const position = end;
    end += bytes.length;
    return file.writeAt(bytes, position);
  };
  try {
    return await withBufferedWriter(append, ({ write }) => copyLayer(layer, write, context));
  } finally {
    await file.close();
  }
}

async function readAll(path: string, size: number, sink: Sink): Promise<void> {
  const source = openRange({ path, offset: 0, length: size });
  try {
    const chunk = new Uint8Array(Math.min(CHUNK_BYTES, Math.max(size, 1)));
    for (let at = 0; at < size; ) {
      const got = source.read(chunk, at);
      if (got === 0) throw internalError(`${path} was cut off while it was in use`);
      await sink(chunk.subarray(0, got));
      at += got;
    }
  } finally {
    source.close();
  }
}
