import type { Digest } from '@layers/core/digest';
import { type Descriptor, isAttestation, isIndex, isManifest, parseIndex } from '@layers/core/oci';
import { isLayersError, LayersError } from '@layers/errors';
import { isJsonObject } from '../json-value.js';
import type { IndexEntry } from '../layout/index-entry.js';
import type { DocumentReader } from './document-reader.js';

/** A manifest to which an index leads, with everything that leads to it. */
export interface FoundManifest {
  readonly descriptor: Descriptor;
  /** Of the entries that lead to it. */
  readonly refs: ReadonlySet<string>;
  readonly entries: ReadonlySet<IndexEntry>;
  /** Of one of the ways to it, outermost first. */
  readonly indexDigests: readonly Digest[];
}

const MAX_DEPTH = 8;

/** No honest store has so many images: an index may name each of thousands of others. */
const MAX_VISITS = 200_000;

/**
 * Follows entries through indexes to the manifests of images, in order. Attestations and platforms that are not there
 * are left out, as is what is neither index nor manifest; a manifest that an entry names and that is missing is not.
 *
 * Throws ERR_LAYERS_LIMIT.
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
          hint: 'this is no honest index: have another folder for a store',
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

/** What an index names, `manifest` for a manifest, null for anything else and for a platform that is not there. */
function nestedIn(
  { digest, mediaType }: Descriptor,
  documents: DocumentReader,
  isNested: boolean,
): readonly Descriptor[] | 'manifest' | null {
  const document = documents(digest);
  const isKnown = isIndex(mediaType) || isManifest(mediaType);
  if (document.state === 'absent') return isNested || !isKnown ? null : 'manifest';
  // Its own trouble is told where the image is described.
  if (document.state !== 'read') return isKnown ? 'manifest' : null;
  if (!isJsonObject(document.json)) return isKnown ? 'manifest' : null;
  if (isManifest(mediaType)) return 'manifest';
  if (isIndex(mediaType) || Object.hasOwn(document.json, 'manifests')) {
    try {
      return parseIndex(document.json, digest).manifests;
    } catch (error) {
      if (isLayersError(error)) return isKnown ? 'manifest' : null;
      throw error;
    }
  }
  return Object.hasOwn(document.json, 'config') && Object.hasOwn(document.json, 'layers') ? 'manifest' : null;
}
