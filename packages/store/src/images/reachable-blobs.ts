import { type Digest, isDigest } from '@layers/core/digest';
import { isIndex, isManifest, MANIFEST_FIELDS, withFieldNames } from '@layers/core/oci';
import { isJsonObject } from '../json-value.js';
import type { IndexEntry } from '../layout/index-entry.js';
import type { DocumentReader } from './document-reader.js';

/** The blobs that entries of an index need. */
export interface ReachableBlobs {
  /** Every referenced blob, whether it exists or not. */
  readonly digests: ReadonlyMap<Digest, BlobUse>;
  /** Documents that cannot be read, so that the blobs that they refer to are not known. */
  readonly unreadable: readonly { readonly digest: Digest; readonly message: string }[];
  /** Manifests that an index lists and the store lacks, as tools that copy one of several platforms leave it. */
  readonly absent: readonly Digest[];
}

export interface BlobUse {
  readonly what: 'manifest' | 'config' | 'layer' | 'other';
  /** The size in bytes that the descriptor declares; null if it declares none. */
  readonly declaredBytes: number | null;
  readonly mediaType: string;
  /** Whether the descriptor contains the blob (OCI descriptor.md, `data`). */
  readonly isEmbedded: boolean;
}

/** Stops hostile indexes. */
const MAX_DEPTH = 8;

interface Reference {
  readonly digest: Digest;
  readonly use: BlobUse;
  readonly depth: number;
}

/**
 * Follows entries through indexes and manifests to every blob that they need. Documents of unknown types are followed by the
 * fields that manifests and indexes have in common. Each document is read once, so that cycles end.
 */
export function reachableBlobs(entries: readonly IndexEntry[], documents: DocumentReader): ReachableBlobs {
  const digests = new Map<Digest, BlobUse>();
  const unreadable: { digest: Digest; message: string }[] = [];
  const absent: Digest[] = [];
  const read = new Set<Digest>();
  let level: Reference[] = entries.map(({ descriptor: { digest, mediaType, size, data } }) => ({
    digest,
    use: { what: 'manifest', declaredBytes: size, mediaType, isEmbedded: data !== undefined },
    depth: 0,
  }));
  while (level.length > 0) {
    const next: Reference[] = [];
    for (const named of level) {
      const { digest, use, depth } = named;
      if (!digests.has(digest) || use.what === 'manifest') digests.set(digest, use);
      if (use.what !== 'manifest' || read.has(digest)) continue;
      read.add(digest);
      const found = follow(named, documents);
      if (found === 'absent') absent.push(digest);
      else if (typeof found === 'string') unreadable.push({ digest, message: found });
      else if (depth < MAX_DEPTH) for (const child of found) next.push({ ...child, depth: depth + 1 });
      else if (found.length > 0) unreadable.push({ digest, message: 'indexes are nested too deeply' });
    }
    level = next;
  }
  return { digests, unreadable, absent };
}

/** Returns the references of a document, or why they are not known. */
function follow(
  { digest, use, depth }: Reference,
  documents: DocumentReader,
): readonly Omit<Reference, 'depth'>[] | string {
  const isKnown = isIndex(use.mediaType) || isManifest(use.mediaType);
  const document = documents(digest);
  switch (document.state) {
    case 'absent':
      return depth > 0 ? 'absent' : 'the document is missing';
    case 'bad':
      return document.error.message;
    case 'large':
      return isKnown ? 'the document is too large' : [];
    case 'read':
      return referencesOf(document.json) ?? (isKnown ? 'the document is not a JSON object' : []);
  }
}

/** Returns null for a blob that is not a JSON object: a descriptor may refer to any blob (OCI image-layout.md). */
function referencesOf(document: unknown): Omit<Reference, 'depth'>[] | null {
  const json = withFieldNames(document, MANIFEST_FIELDS);
  if (!isJsonObject(json)) return null;
  return [
    ...descriptorsIn(json['manifests'], 'manifest'),
    ...descriptorsIn([json['subject']], 'manifest'),
    ...descriptorsIn([json['config']], 'config'),
    ...descriptorsIn(json['layers'], 'layer'),
    ...descriptorsIn(json['blobs'], 'other'),
  ];
}

function descriptorsIn(list: unknown, what: BlobUse['what']): Omit<Reference, 'depth'>[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((item: unknown) => {
    if (!isJsonObject(item)) return [];
    const { digest, size, mediaType, data } = item;
    if (typeof digest !== 'string' || !isDigest(digest)) return [];
    return [
      {
        digest,
        use: {
          what,
          declaredBytes: typeof size === 'number' && Number.isSafeInteger(size) ? size : null,
          mediaType: typeof mediaType === 'string' ? mediaType : '',
          isEmbedded: typeof data === 'string',
        },
      },
    ];
  });
}
