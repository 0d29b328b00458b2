import { gzipSync } from 'node:zlib';
import type { Digest } from '@layers/core/digest';
import { digestOf } from '@layers/core/digest';
import { OCI_LAYER, OCI_LAYER_GZIP } from '@layers/core/oci';
import type {
  ExistingLayer,
  GeneratedLayer,
  LayerCompression,
  NewImage,
  NewLayer,
} from '@layers/rewrite/image';
import { buildTar } from './tar-builder.ts';

/** Returns a layer tar with one file. */
export const tarOf = (name: string, text = name): Buffer =>
  buildTar([{ path: name, data: Buffer.from(text) }]);

/** Yields views of one buffer that each step overwrites, as real sources do. */
export async function* viewsOf(bytes: Uint8Array, step = 700): AsyncGenerator<Uint8Array> {
  const view = new Uint8Array(step);
  for (let at = 0; at < bytes.length; at += step) {
    const chunk = bytes.subarray(at, at + step);
    view.fill(0xee);
    view.set(chunk);
    yield view.subarray(0, chunk.length);
    view.fill(0xee);
  }
}

/** Joins chunks that are valid only until the next one. */
export async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk.slice());
  return Buffer.concat(all);
}

export function existingLayer(tar: Uint8Array, compression: 'none' | 'gzip' = 'none'): ExistingLayer {
  const blob = compression === 'gzip' ? gzipSync(tar) : tar;
  return {
    kind: 'existing',
    digest: digestOf(blob),
    sizeBytes: blob.length,
    diffId: digestOf(tar),
    mediaType: compression === 'gzip' ? OCI_LAYER_GZIP : OCI_LAYER,
    source: null,
    chunks: () => viewsOf(blob),
  };
}

export const RAW: LayerCompression = { kind: 'none', level: null };
export const GZIP: LayerCompression = { kind: 'gzip', level: null };

/** @param tarBytes the size of the tar, if it is known in advance */
export function generatedLayer(
  tar: Uint8Array,
  compression: LayerCompression = RAW,
  tarBytes: number | null = tar.length,
): GeneratedLayer {
  return { kind: 'generated', tarBytes, compression, tar: () => viewsOf(tar) };
}

export function configOf(diffIds: readonly Digest[], author = 'a test'): Buffer {
  return Buffer.from(
    JSON.stringify({
      architecture: 'amd64',
      os: 'linux',
      author,
      config: {},
      rootfs: { type: 'layers', diff_ids: diffIds },
    }),
  );
}

export function imageOf(
  layers: readonly NewLayer[],
  changes: Partial<NewImage> & { author?: string } = {},
): NewImage {
  const { author, ...rest } = changes;
  return {
    layers,
    config: (diffIds) => configOf(diffIds, author),
    manifest: null,
    tags: ['test:1'],
    platform: { os: 'linux', architecture: 'amd64' },
    annotations: new Map(),
    ...rest,
  };
}
