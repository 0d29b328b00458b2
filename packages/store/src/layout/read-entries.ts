import { type Digest, isDigest } from '@layers/core/digest';
import { type Descriptor, parseIndex } from '@layers/core/oci';
import { isLayersError } from '@layers/errors';
import { fieldOf, isJsonObject } from '../json-value.js';
import type { IndexEntry } from './index-entry.js';

/** An item of an index that is not a valid descriptor. */
export interface EntryProblem {
  readonly digest: Digest | null;
  readonly message: string;
}

/**
 * Reads the items of an index one by one, so that an invalid one does not hide the others. An item with a digest stays an
 * entry: its blobs are needed, and it can be removed.
 */
export function readEntries(list: readonly unknown[]): {
  readonly entries: readonly { readonly descriptor: Descriptor; readonly raw: IndexEntry['raw'] }[];
  readonly invalid: readonly unknown[];
  readonly problems: readonly EntryProblem[];
} {
  const all = descriptorsOf(list);
  if (typeof all !== 'string') {
    const objects = list.filter(isJsonObject);
    return {
      entries: all.map((descriptor, i) => ({ descriptor, raw: objects[i] ?? {} })),
      invalid: [],
      problems: [],
    };
  }
  const entries: { descriptor: Descriptor; raw: IndexEntry['raw'] }[] = [];
  const invalid: unknown[] = [];
  const problems: EntryProblem[] = [];
  for (const raw of list) {
    const parsed = descriptorsOf([raw]);
    const descriptor = typeof parsed === 'string' ? partialDescriptor(raw) : (parsed[0] ?? null);
    if (typeof parsed === 'string') problems.push({ digest: descriptor?.digest ?? null, message: parsed });
    if (descriptor !== null && isJsonObject(raw)) entries.push({ descriptor, raw });
    else invalid.push(raw);
  }
  return { entries, invalid, problems };
}

/** Returns the descriptors, or why one of them is not valid. */
function descriptorsOf(manifests: readonly unknown[]): readonly Descriptor[] | string {
  try {
    return parseIndex({ manifests }, 'index.json').manifests;
  } catch (error) {
    if (isLayersError(error)) return error.message;
    throw error;
  }
}

/** Returns what is valid of a descriptor; null without a digest. */
function partialDescriptor(raw: unknown): Descriptor | null {
  const text = (key: string): string | undefined => {
    const value = fieldOf(raw, key);
    return typeof value === 'string' ? value : undefined;
  };
  const digest = text('digest');
  if (digest === undefined || !isDigest(digest)) return null;
  const size = fieldOf(raw, 'size');
  const annotations = fieldOf(raw, 'annotations');
  return {
    mediaType: text('mediaType') ?? '',
    digest,
    size: typeof size === 'number' && Number.isSafeInteger(size) && size >= 0 ? size : 0,
    artifactType: text('artifactType'),
    platform: undefined,
    annotations: new Map(
      Object.entries(isJsonObject(annotations) ? annotations : {}).flatMap(([key, value]) =>
        typeof value === 'string' ? [[key, value] as const] : [],
      ),
    ),
    urls: [],
    data: undefined,
  };
}
