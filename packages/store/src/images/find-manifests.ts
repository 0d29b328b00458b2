import type { Digest } from '@layers/core/digest';
import {
  type Descriptor,
  isAttestation,
  isIndex,
  isManifest,
  MANIFEST_FIELDS,
  parseIndex,
  withFieldNames,
} from '@layers/core/oci';
import { isLayersError, LayersError } from '@layers/errors';
import { isJsonObject } from '../json-value.js';
import type { IndexEntry } from '../layout/index-entry.js';
import type { DocumentReader } from './document-reader.js';

/** A manifest that an index leads to, and the entries that do so. */
export interface FoundManifest {
  readonly descriptor: Descriptor;
  /** The names of `entries`. */
  readonly refs: ReadonlySet<string>;
  readonly entries: ReadonlySet<IndexEntry>;
  /** The indexes on one of the paths to it, outermost first. */
  readonly indexDigests: readonly Digest[];
}

const MAX_DEPTH = 8;

/** Stops hostile indexes that list each other. */
const MAX_VISITS = 200_000;

/**
 * Follows entries through indexes to the manifests of images, in order. Skips attestations, platforms that the store lacks,
 * and blobs of other types. Includes a missing manifest that an entry refers to directly. Throws ERR_LAYERS_LIMIT.
 */
export function findManifests(
  entries: readonly IndexEntry[],
  documents: DocumentReader,
): readonly FoundManifest[] {
  const found = new Map<Digest, { -readonly [K in keyof FoundManifest]: FoundManifest[K] } & Sets>();
  let visits = 0;
  const visit = (entry: IndexEntry, descriptor: Descriptor, path: readonly Digest[]): void => {
    if (++visits > MAX_VISITS) {
      throw new LayersError(
        'ERR_LAYERS_LIMIT',
        `the store's index leads to more than ${MAX_VISITS} manifests`,
        {
          hint: 'the index is damaged or hostile: use another directory',
        },
      );
    }
    const { digest } = descriptor;
    if (isAttestation(descriptor)) return;
    const nested = nestedIn(descriptor, documents, path.length > 0);
    if (nested === null) return;
    if (nested !== 'manifest') {
      if (path.length >= MAX_DEPTH || path.includes(digest)) return;
      for (const inner of nested) visit(entry, inner, [...path, digest]);
      return;
    }
    const known = found.get(digest) ?? {
      descriptor,
      refs: new Set(),
      entries: new Set(),
      indexDigests: path,
    };
    const name = entry.name;
    if (name !== null) known.refs.add(name);
    known.entries.add(entry);
    found.set(digest, known);
  };
  for (const entry of entries) visit(entry, entry.descriptor, []);
  return [...found.values()];
}

interface Sets {
  readonly refs: Set<string>;
  readonly entries: Set<IndexEntry>;
}

/** Returns the descriptors of an index, `manifest` for a manifest, and null for other blobs and missing platforms. */
function nestedIn(
  { digest, mediaType }: Descriptor,
  documents: DocumentReader,
  isNested: boolean,
): readonly Descriptor[] | 'manifest' | null {
  const document = documents(digest);
  const isKnown = isIndex(mediaType) || isManifest(mediaType);
  if (document.state === 'absent') return isNested || !isKnown ? null : 'manifest';
  // `describeImage` reports why it cannot be read.
  if (document.state !== 'read') return isKnown ? 'manifest' : null;
  const json = withFieldNames(document.json, MANIFEST_FIELDS);
  if (!isJsonObject(json)) return isKnown ? 'manifest' : null;
  if (isManifest(mediaType)) return 'manifest';
  if (isIndex(mediaType) || Object.hasOwn(json, 'manifests')) {
    try {
      return parseIndex(json, digest).manifests;
    } catch (error) {
      if (isLayersError(error)) return isKnown ? 'manifest' : null;
      throw error;
    }
  }
  return Object.hasOwn(json, 'config') && Object.hasOwn(json, 'layers') ? 'manifest' : null;
}
