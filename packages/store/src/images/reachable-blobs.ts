import { type Digest, isDigest } from '@layers/core/digest';
import { isIndex, isManifest } from '@layers/core/oci';
import { isJsonObject } from '../json-value.js';
import type { IndexEntry } from '../layout/index-entry.js';
import type { DocumentReader } from './document-reader.js';

/** What an index leads to. */
export interface ReachableBlobs {
  /** Every blob that is named, there or not. */
  readonly digests: ReadonlyMap<Digest, BlobUse>;
  /** Documents that cannot be read, so that nobody knows what they name. */
  readonly unreadable: readonly { readonly digest: Digest; readonly message: string }[];
  /** Manifests that an index names and that are not there, as tools leave it that copy one platform of several. */
  readonly absent: readonly Digest[];
}

export interface BlobUse {
  readonly what: 'manifest' | 'config' | 'layer' | 'other';
  /** Bytes that whoever names it claims; null where nothing is claimed. */
  readonly size: number | null;
  readonly mediaType: string;
  /** Whether the descriptor holds the blob itself (OCI descriptor.md, `data`). */
  readonly isEmbedded: boolean;
}

/** Deeper nesting is no honest index. */
const MAX_DEPTH = 8;

interface Named {
  readonly digest: Digest;
  readonly use: BlobUse;
  readonly depth: number;
}

/**
 * Follows entries through indexes and manifests to every blob that they name, also through documents of kinds that are
 * unknown here, by the fields that all of them have. Each document is read once, so that circles end.
 */
export function reachableBlobs(entries: readonly IndexEntry[], documents: DocumentReader): ReachableBlobs {
  const digests = new Map<Digest, BlobUse>();
  const unreadable: { digest: Digest; message: string }[] = [];
  const absent: Digest[] = [];
  const read = new Set<Digest>();
  let level: Named[] = entries.map(({ descriptor: { digest, mediaType, size, data } }) => ({
    digest,
    use: { what: 'manifest', size, mediaType, isEmbedded: data !== undefined },
    depth: 0,
  }));
  while (level.length > 0) {
    const next: Named[] = [];
    for (const named of level) {
      const { digest, use, depth } = named;
      if (!digests.has(digest) || use.what === 'manifest') digests.set(digest, use);
      if (use.what !== 'manifest' || read.has(digest)) continue;
      read.add(digest);
      const found = follow(named, documents);
      if (found === 'absent') absent.push(digest);
      else if (typeof found === 'string') unreadable.push({ digest, message: found });
      else if (depth < MAX_DEPTH) for (const child of found) next.push({ ...child, depth: depth + 1 });
      else if (found.length > 0) unreadable.push({ digest, message: 'its index nests too deep' });
    }
    level = next;
  }
  return { digests, unreadable, absent };
}

/** What a document names, or why that is not known. */
function follow(
  { digest, use, depth }: Named,
  documents: DocumentReader,
): readonly Omit<Named, 'depth'>[] | string {
  const isKnown = isIndex(use.mediaType) || isManifest(use.mediaType);
  const document = documents(digest);
  switch (document.state) {
    case 'absent':
      return depth > 0 ? 'absent' : 'it is missing';
    case 'bad':
      return document.error.message;
    case 'large':
      return isKnown ? 'it is larger than any document' : [];
    case 'read':
      if (isJsonObject(document.json)) return namedBy(document.json);
      // A descriptor may lead to anything (OCI image-layout.md).
      return isKnown ? 'it is no JSON object' : [];
  }
}

function namedBy(json: Readonly<Record<string, unknown>>): Omit<Named, 'depth'>[] {
  return [
    ...descriptorsIn(json['manifests'], 'manifest'),
    ...descriptorsIn([json['subject']], 'manifest'),
    ...descriptorsIn([json['config']], 'config'),
    ...descriptorsIn(json['layers'], 'layer'),
    ...descriptorsIn(json['blobs'], 'other'),
  ];
}

function descriptorsIn(list: unknown, what: BlobUse['what']): Omit<Named, 'depth'>[] {
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
          size: typeof size === 'number' && Number.isSafeInteger(size) ? size : null,
          mediaType: typeof mediaType === 'string' ? mediaType : '',
          isEmbedded: typeof data === 'string',
        },
      },
    ];
  });
}
