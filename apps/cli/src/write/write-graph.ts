import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { blobName, type Progress } from '@layers/core/image';
import { atOnce, withAtomicDirectory, withAtomicFile, writeNewFile } from '@layers/core/io';
import { familiarReference } from '@layers/core/oci';
import {
  type CopySource,
  type DocumentedGraph,
  graphDocuments,
  graphStream,
  presentBlobsOf,
} from '@layers/registry/copy';
import { openStore, type Store } from '@layers/store/layout';
import { loadGraph } from '@layers/store/load';
import { writeChunk } from '../output/write-out.js';
import type { Session } from '../session.js';
import { compressedTo } from './compressed-to.js';
import { isLayout } from './layout-files.js';
import type { Output } from './write-output.js';
import type { WorkOptions } from './write-progress.js';
import { refuseTerminal } from './write-target.js';

const BLOBS_AT_ONCE = 4;

/** An index with everything below it, and the name that it gets. */
export type WholeGraph = CopySource & DocumentedGraph;

/** Writes an image with its index to an archive or a layout. Files and directories are written atomically. */
export async function writeGraph(
  graph: WholeGraph,
  output: Output,
  force: boolean,
  { stdout, signal }: Pick<Session, 'stdout' | 'signal'>,
  { onProgress, onFailure }: WorkOptions,
): Promise<void> {
  const { path, format, compression } = output;
  const counted = withProgress(graph, onProgress, signal);
  if (format === 'oci-dir') {
    if (isLayout(path))
      return writeGraphToStore(counted, openStore(path), { signal, begin: () => {}, onFailure });
    return withAtomicDirectory(
      path,
      { force, signal, marker: 'oci-layout', last: 'index.json' },
      (directory) => writeFiles(counted, directory, onFailure),
    );
  }
  const write = async (put: (chunk: Uint8Array) => Promise<void>) => {
    for await (const chunk of graphStream(counted, true)) await put(chunk);
  };
  const send = (put: (chunk: Uint8Array) => Promise<void>) =>
    compression === null ? write(put) : compressedTo(compression, signal, put, write);
  if (path !== '-') return withAtomicFile(path, { force, signal }, (file) => send(file.write));
  refuseTerminal({ stdout });
  return send((chunk) => writeChunk(stdout, chunk));
}

/** Loads an image with its index into a store, or adds it to a layout. */
export async function writeGraphToStore(
  graph: WholeGraph,
  store: Store,
  { signal, onProgress, onFailure }: WorkOptions,
): Promise<void> {
  const { repository, root, manifests, indexes, reference, bareTag } = graph;
  const documents = [...manifests, ...indexes].filter(({ digest }) => digest !== root.digest);
  const blobs = presentBlobsOf(graph).map(({ digest, size }) => ({
    digest,
    sizeBytes: size,
    chunks: () => repository.blob({ digest, size }, { freesMemory: true }),
  }));
  const name = reference === null ? null : familiarReference({ ...reference, digest: undefined });
  await loadGraph(store, { root, documents, blobs }, bareTag ?? name, { signal, onProgress, onFailure });
}

async function writeFiles(
  { repository, ...graph }: WholeGraph,
  directory: string,
  onFailure: WorkOptions['onFailure'],
): Promise<void> {
  const file = (name: string) => {
    const path = join(directory, name);
    mkdirSync(dirname(path), { recursive: true });
    return path;
  };
  const options = { name: directory, mode: 0o644, sync: true, isDirect: true };
  for (const { name, bytes } of graphDocuments(graph, true))
    await writeNewFile(file(name), options, ({ write }) => write(bytes));
  const blobs = [...presentBlobsOf(graph)].sort((a, b) => b.size - a.size);
  const failed = new AbortController();
  await atOnce(
    blobs,
    BLOBS_AT_ONCE,
    ({ digest, size }) =>
      writeNewFile(file(blobName(digest)), options, async ({ write }) => {
        for await (const chunk of repository.blob({ digest, size }, { freesMemory: true })) {
          failed.signal.throwIfAborted();
          await write(chunk);
        }
      }),
    (error) => {
      failed.abort(error);
      onFailure?.(error);
    },
  );
}

/** Returns the graph with blobs that report their progress, and stop at a signal. */
function withProgress(
  graph: WholeGraph,
  onProgress: ((progress: Progress) => void) | undefined,
  signal: AbortSignal,
): WholeGraph {
  const totalBytes = presentBlobsOf(graph).reduce((sum, { size }) => sum + size, 0);
  let doneBytes = 0;
  const { domain, path } = graph.repository;
  const { repository: source } = graph;
  return {
    ...graph,
    repository: {
      domain,
      path,
      async *blob(blob, options) {
        for await (const chunk of source.blob(blob, options)) {
          signal.throwIfAborted();
          doneBytes += chunk.length;
          onProgress?.({ doneBytes, totalBytes });
          yield chunk;
        }
      },
    },
  };
}
