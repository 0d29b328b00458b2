import { computableAlgorithmOf, createDigester, type Digest, digestOf } from '@layers/core/digest';
import { type ArchiveReader, blobName } from '@layers/core/image';
import {
  type Descriptor,
  isIndex,
  isNonDistributable,
  OCI_INDEX,
  OCI_MANIFEST,
  parseIndex,
  parseJson,
  parseManifest,
} from '@layers/core/oci';
import { LayersError } from '@layers/errors';
import type { ManifestBytes } from '../client/manifest-bytes.js';
import { fieldOf } from '../registry-error.js';
import type { BlobSource, CopySource } from './copy-graph.js';
import { blobsOf, type GraphManifest } from './image-graph.js';

/** An image of an OCI layout, an archive or a store. */
export interface LayoutGraph extends CopySource {
  readonly root: ManifestBytes;
  /** The manifests of its indexes that the layout lacks, as where only one platform was saved. */
  readonly absent: readonly Descriptor[];
  /** The manifests of its indexes that the layout has. */
  readonly present: readonly Descriptor[];
}

const MAX_DEPTH = 8;
const MAX_MANIFESTS = 10_000;
const CHUNK_BYTES = 1024 * 1024;

/**
 * Reads the documents of an image in a layout: an index with everything below it, or one manifest. The layers are read
 * when they are copied.
 *
 * @param reader of an archive that can be read more than once
 * @param root the digest of the index or manifest
 * @throws LayersError ERR_LAYERS_LAYER_MISSING for a blob that the layout lacks; ERR_LAYERS_BLOB_MISMATCH; the errors of documents
 */
export function layoutGraph(reader: ArchiveReader, root: Digest): LayoutGraph {
  const collector = new LayoutCollector(reader);
  const document = collector.document(root);
  if (document === null) throw missing(root);
  collector.add(document, null, 0);
  const { manifests, indexes, absent, present } = collector;
  const absentLayers = new Set(
    blobsOf(manifests).flatMap(({ mediaType, digest: blob }) =>
      isNonDistributable(mediaType) && reader.find(blobName(blob)) === null ? [blob] : [],
    ),
  );
  return {
    repository: blobsOfReader(reader),
    root: document,
    manifests,
    indexes,
    absent,
    present,
    absentLayers,
  };
}

class LayoutCollector {
  readonly manifests: GraphManifest[] = [];
  readonly indexes: ManifestBytes[] = [];
  readonly absent: Descriptor[] = [];
  readonly present: Descriptor[] = [];
  readonly #reader: ArchiveReader;
  readonly #seen = new Set<Digest>();

  constructor(reader: ArchiveReader) {
    this.#reader = reader;
  }

  document(digest: Digest): ManifestBytes | null {
    const file = this.#reader.find(blobName(digest));
    if (file === null) return null;
    const bytes = this.#reader.read(file);
    const computed = digestOf(bytes, computableAlgorithmOf(digest) ?? 'sha256');
    if (computed !== digest) throw mismatch(digest, computed);
    const json = parseJson(bytes, digest);
    const stated = fieldOf(json, 'mediaType');
    const usual = fieldOf(json, 'manifests') === undefined ? OCI_MANIFEST : OCI_INDEX;
    return { digest, bytes, mediaType: typeof stated === 'string' && stated !== '' ? stated : usual };
  }

  add(found: ManifestBytes, listed: GraphManifest['listed'], depth: number): void {
    const { digest, bytes, mediaType } = found;
    if (this.#seen.has(digest)) return;
    this.#seen.add(digest);
    if (depth > MAX_DEPTH || this.#seen.size > MAX_MANIFESTS) {
      throw new LayersError('ERR_LAYERS_LIMIT', `the index ${digest} has too many manifests or levels`, {
        hint: 'the image may be malicious',
      });
    }
    const json = parseJson(bytes, digest);
    if (!isIndex(mediaType)) {
      this.manifests.push({ ...found, document: parseManifest(json, digest), listed });
      return;
    }
    for (const descriptor of parseIndex(json, digest).manifests) {
      const child = this.document(descriptor.digest);
      if (child === null) {
        this.absent.push(descriptor);
        continue;
      }
      if (!isIndex(child.mediaType)) this.present.push(descriptor);
      this.add(child, null, depth + 1);
    }
    this.indexes.push(found);
  }
}

function blobsOfReader(reader: ArchiveReader): BlobSource {
  return {
    domain: null,
    path: '',
    async *blob({ digest, size }, { from = 0 } = {}) {
      const digester = from === 0 ? createDigester(computableAlgorithmOf(digest) ?? 'sha256') : null;
      let seen = from;
      for await (const chunk of bytesOf(reader, digest, from)) {
        digester?.update(chunk);
        seen += chunk.length;
        yield chunk;
      }
      const computed = digester?.digest() ?? digest;
      if (computed !== digest || seen !== size) throw mismatch(digest, computed);
    },
  };
}

async function* bytesOf(reader: ArchiveReader, digest: Digest, from: number): AsyncGenerator<Uint8Array> {
  const file = reader.find(blobName(digest));
  if (file === null) throw missing(digest);
  const bytes = reader.layer(file);
  if (bytes?.from !== 'source') {
    yield reader.read(file).subarray(from);
    return;
  }
  yield* bytes.source.stream(from, CHUNK_BYTES);
}

function missing(digest: Digest): LayersError {
  return new LayersError('ERR_LAYERS_LAYER_MISSING', `the blob ${digest} is missing`, {
    hint: 'save the image again with everything that it has',
  });
}

function mismatch(digest: Digest, computed: Digest): LayersError {
  return new LayersError(
    'ERR_LAYERS_BLOB_MISMATCH',
    computed === digest
      ? `the blob ${digest} has another size than its descriptor says`
      : `the blob ${digest} has the digest ${computed}`,
    { hint: 'the image is damaged: save it again' },
  );
}
