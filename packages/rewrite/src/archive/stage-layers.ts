import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  fileSource,
  makeTemporaryDirectory,
  type SyncByteSource,
  writeNewFile,
  writing,
} from '@layers/core/io';
import type { GeneratedLayer, NewLayer } from '../image/new-image.js';
import { type CopyContext, copyLayer, type Sink } from './copy-layer.js';
import { internalError, type LayerFacts } from './layer-facts.js';

const CHUNK_BYTES = 1024 * 1024;

/** Generated layers in a temporary directory, until the documents that precede them are known. */
export interface StagedLayers {
  readonly facts: ReadonlyMap<GeneratedLayer, LayerFacts>;
  /** The blob of a generated layer, until it is moved. */
  source(layer: GeneratedLayer): SyncByteSource;
  /** Writes the blob of a generated layer to `sink`, and removes it: it can be read once. */
  moveTo(layer: GeneratedLayer, sink: Sink): Promise<void>;
  /** Removes the directory, which otherwise is removed when the process exits. */
  remove(): void;
}

/**
 * Writes the generated layers of `layers` to a temporary directory: in the directory of the output file, or the system's
 * directory if `output` is null. Throws ERR_LAYERS_WRITE_OUTPUT.
 */
export async function stageLayers(
  layers: readonly NewLayer[],
  output: string | null,
  context: CopyContext,
): Promise<StagedLayers> {
  const parent = output === null ? tmpdir() : dirname(output);
  const prefix = output === null ? 'layers-' : '.layers-';
  const directory = writing(parent, () => makeTemporaryDirectory(parent, prefix));
  const facts = new Map<GeneratedLayer, LayerFacts>();
  const paths = new Map<GeneratedLayer, string>();
  try {
    for (const layer of layers) {
      if (layer.kind === 'existing') continue;
      const path = join(directory.path, String(paths.size));
      paths.set(layer, path);
      facts.set(layer, await writeNewFile(path, {}, ({ write }) => copyLayer(layer, write, context)));
    }
  } catch (error) {
    directory.remove();
    throw error;
  }
  const source = (layer: GeneratedLayer): SyncByteSource => {
    const path = paths.get(layer);
    const length = facts.get(layer)?.sizeBytes;
    if (path === undefined || length === undefined) throw internalError('a layer was not generated');
    return fileSource(path, length);
  };
  return {
    facts,
    remove: directory.remove,
    source,
    async moveTo(layer, sink) {
      const whole = source(layer);
      await readAll(whole, sink);
      rmSync(whole.name);
    },
  };
}

async function readAll(source: SyncByteSource, sink: Sink): Promise<void> {
  let done = 0;
  for await (const chunk of source.stream(0, CHUNK_BYTES)) {
    await sink(chunk);
    done += chunk.length;
  }
  if (done < source.size) throw internalError(`${source.name} was truncated while it was in use`);
}
