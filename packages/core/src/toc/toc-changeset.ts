import type { TarEntry } from '@layers/tar';
import { type Digest, hexOf } from '../digest/digest.js';
import type { Finding } from '../findings/finding.js';
import { type Changeset, FINGERPRINT_BYTES } from '../rootfs/changeset.js';
import { ChangesetIndexer } from '../rootfs/changeset-indexer.js';
import type { Limits, Usage } from '../rootfs/limits.js';
import type { Toc, TocEntry } from './toc.js';

/** Makes the changeset of a layer from its zTOC, which has the positions in the tar. Throws ERR_LAYERS_LIMIT. */
export function changesetOfEntries(entries: Iterable<TarEntry>, limits?: Limits, usage?: Usage): Changeset {
  const indexer = new ChangesetIndexer(limits, usage);
  for (const entry of entries) indexer.add(entry);
  return indexer.finish();
}

const BLOCK_BYTES = 512;

/** What a layer changes, as its TOC declares it. */
export interface TocChangeset {
  readonly changeset: Changeset;
  /** The bytes that a tar with these entries has at least. */
  readonly tarBytes: number;
}

/**
 * Makes the changeset of a layer from its TOC. The positions of the entries in the tar are not known.
 * Throws ERR_LAYERS_LIMIT.
 */
export function changesetOfToc(toc: Toc, limits?: Limits, usage?: Usage): TocChangeset {
  const indexer = new ChangesetIndexer(limits, usage);
  let position = 0;
  for (const entry of toc.entries) {
    indexer.add(tocTarEntry(entry, position));
    position += BLOCK_BYTES + Math.ceil(entry.size / BLOCK_BYTES) * BLOCK_BYTES;
  }
  const changeset = indexer.finish();
  const findings = changeset.findings.map(withoutOffset);
  const headerOffset = changeset.headerOffset.map(() => Number.NaN);
  return { changeset: { ...changeset, findings, headerOffset }, tarBytes: position + 2 * BLOCK_BYTES };
}

function withoutOffset({ place, ...finding }: Finding): Finding {
  if (place === undefined) return finding;
  const { offset: _, ...rest } = place;
  return { ...finding, place: rest };
}

/**
 * Returns fingerprints of the contents from their declared digests; null where a file has none. They can only be compared with
 * others of the same kind, whose key is {@link DECLARED_KEY}.
 */
export function declaredFingerprints({ entries }: Toc): Uint8Array | null {
  const fingerprints = new Uint8Array(entries.length * FINGERPRINT_BYTES);
  for (const [i, { size, digest, chunks }] of entries.entries()) {
    if (size === 0) continue;
    const declared = digest ?? (chunks.length === 1 ? chunks[0]?.digest : null) ?? null;
    if (declared === null) return null;
    fingerprints.set(declaredFingerprint(declared), i * FINGERPRINT_BYTES);
  }
  return fingerprints;
}

/** Returns the fingerprint of a content from its SHA-256. */
export function declaredFingerprint(digest: Digest): Uint8Array {
  return Buffer.from(hexOf(digest).slice(0, FINGERPRINT_BYTES * 2), 'hex');
}

/** Stands for the key of fingerprints that are made of declared digests. */
export const DECLARED_KEY = new Uint8Array(28);

const TYPE_FLAGS = {
  file: 0x30,
  link: 0x31,
  symlink: 0x32,
  char: 0x33,
  block: 0x34,
  directory: 0x35,
  fifo: 0x36,
} as const;

/** Returns the entry of the tar, with a header of one block and its data behind it. */
export function tocTarEntry(entry: Omit<TocEntry, 'digest' | 'chunks'>, headerOffset: number): TarEntry {
  return {
    headerOffset,
    dataOffset: headerOffset + BLOCK_BYTES,
    storedSize: entry.size,
    size: entry.size,
    type: entry.type,
    typeflag: TYPE_FLAGS[entry.type],
    path: entry.name,
    linkpath: entry.linkName,
    mode: entry.mode,
    uid: entry.uid,
    gid: entry.gid,
    mtime: entry.mtime,
    mtimeNs: entry.mtimeNs,
    devmajor: entry.devMajor,
    devminor: entry.devMinor,
    xattrs: entry.xattrs,
    sparse: null,
    // There are no headers to copy.
    isSelfContained: false,
  };
}
