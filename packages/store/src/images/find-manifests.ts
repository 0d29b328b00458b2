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
import { isLayersError } from '@layers/errors';
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
  /** Whether it is an index that leads to too many manifests, so that none of them was found. */
  readonly hasTooMany: boolean;
}

const MAX_DEPTH = 8;

/** Stops hostile indexes that list each other: the descriptors that one entry of the index may lead to. */
const MAX_VISITS = 10_000;

/** The descriptors that all entries together may lead to, without the entries themselves. */
const MAX_ALL_VISITS = 200_000;

/**
 * Follows entries through indexes to the manifests of images, in order. Skips attestations, platforms that the store lacks,
 * and blobs of other types. Includes a missing manifest that an entry refers to directly. An entry that leads to too many
 * manifests counts as one image, with a problem, and does not hide the others.
 */
export function findManifests(
  entries: readonly IndexEntry[],
  documents: DocumentReader,
): readonly FoundManifest[] {
  const found = new Map<Digest, { -readonly [K in keyof FoundManifest]: FoundManifest[K] } & Sets>();
  const nestedOf = cachedNested(documents);
  let allVisits = 0;
  const add = (entry: IndexEntry, manifest: Reached) => {
    const { digest } = manifest.descriptor;
    const known = found.get(digest) ?? { ...manifest, refs: new Set(), entries: new Set() };
    if (entry.name !== null) known.refs.add(entry.name);
    known.entries.add(entry);
    found.set(digest, known);
  };
  for (const entry of entries) {
    const reached = reachedFrom(entry.descriptor, nestedOf, Math.min(MAX_VISITS, MAX_ALL_VISITS - allVisits));
    allVisits += reached.visits;
    for (const manifest of reached.manifests) add(entry, manifest);
  }
  return [...found.values()];
}

type Reached = Pick<FoundManifest, 'descriptor' | 'indexDigests' | 'hasTooMany'>;

/** Returns the manifests that a descriptor leads to, or only itself if there are more than `limit` descriptors in between. */
function reachedFrom(
  start: Descriptor,
  nestedOf: NestedOf,
  limit: number,
): { readonly manifests: readonly Reached[]; readonly visits: number } {
  const manifests: Reached[] = [];
  let visits = 0;
  const visit = (descriptor: Descriptor, path: readonly Digest[]): boolean => {
    if (path.length > 0 && ++visits > limit) return false;
    const { digest } = descriptor;
    if (isAttestation(descriptor)) return true;
    const nested = nestedOf(descriptor, path.length > 0);
    if (nested === null) return true;
    if (nested === 'manifest') {
      manifests.push({ descriptor, indexDigests: path, hasTooMany: false });
      return true;
    }
    if (path.length >= MAX_DEPTH || path.includes(digest)) return true;
    return nested.every((inner) => visit(inner, [...path, digest]));
  };
  if (visit(start, [])) return { manifests, visits };
  return {
    manifests: [{ descriptor: start, indexDigests: [], hasTooMany: true }],
    visits: Math.min(visits, limit),
  };
}

interface Sets {
  readonly refs: Set<string>;
  readonly entries: Set<IndexEntry>;
}

type Nested = ReturnType<typeof nestedIn>;
type NestedOf = (descriptor: Descriptor, isNested: boolean) => Nested;

/** An index with many names is parsed once. */
function cachedNested(documents: DocumentReader): NestedOf {
  const cache = new Map<string, Nested>();
  return (descriptor, isNested) => {
    const key = `${descriptor.digest} ${descriptor.mediaType} ${isNested}`;
    const known = cache.get(key);
    if (known !== undefined) return known;
    const nested = nestedIn(descriptor, documents, isNested);
    cache.set(key, nested);
    return nested;
  };
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
