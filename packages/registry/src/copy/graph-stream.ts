import { END_OF_TAR, encodeHeader, paddingFor } from '@layers/tar';
import type { CopySource } from './copy-graph.js';
import { type DocumentedGraph, graphBlobs, graphDocuments } from './graph-documents.js';

/**
 * Yields an image of a registry as an OCI archive (OCI image-layout.md): its documents first, then its blobs, each read once.
 * Digests of the blobs are checked.
 *
 * @param all whether the archive has the index of several platforms, in place of the manifests alone
 *
 * @throws LayersError as `Repository.blob`
 */
export async function* graphStream(
  graph: DocumentedGraph & CopySource,
  all = false,
): AsyncGenerator<Uint8Array> {
  for (const { name, bytes } of graphDocuments(graph, all)) {
    yield encodeHeader({ path: name, size: bytes.length });
    yield bytes;
    yield paddingFor(bytes.length);
  }
  for (const blob of graphBlobs(graph)) {
    yield encodeHeader({ path: blob.name, size: blob.size });
    yield* graph.repository.blob(blob);
    yield paddingFor(blob.size);
  }
  yield END_OF_TAR;
}
