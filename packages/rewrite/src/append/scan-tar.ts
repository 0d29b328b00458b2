import { closeSync } from 'node:fs';
import { type Compression, decompressStream } from '@layers/core/compression';
import { createContentReader, withBoundedTail } from '@layers/core/image';
import { readFully } from '@layers/core/io';
import { ChangesetIndexer } from '@layers/core/rootfs';
import { withContext } from '@layers/errors';
import {
  createTarParser,
  expandSparse,
  type SeekableBytes,
  type TarEntry,
  type TarWarning,
  walkTar,
} from '@layers/tar';
import {
  type ContentBatches,
  type ContentEvent,
  inBatches,
  type SparseEvent,
  withZeros,
} from './content-batches.js';
import { type FileIdentity, openUnchanged, reading, readUnchanged } from './file-identity.js';
import type { PathMapper } from './resolve-path.js';
import { type ScanContext, type ScannedSource, timesOf } from './scanned-source.js';

/** A tar archive on disk. */
export interface TarFile {
  readonly path: string;
  readonly compression: Compression | null;
  readonly identity: FileIdentity;
}

/**
 * Scans a tar archive. Its whiteouts delete paths of the image; sparse files are added with their zeros.
 *
 * @throws LayersError ERR_LAYERS_TAR_* and the errors of compressions, ERR_LAYERS_READ, ERR_LAYERS_INPUT_CHANGED
 */
export async function scanTar(
  tar: TarFile,
  mapper: PathMapper,
  context: ScanContext,
): Promise<ScannedSource> {
  const { options } = context;
  const indexer = new ChangesetIndexer();
  /** The index in the changeset of each entry of the tar; -1 for entries that are not in it. */
  const entryOf: number[] = [];
  const add = (entry: TarEntry): void => {
    const path = mapper.map(entry.path, entry.type === 'directory');
    if (path === null && entry.type === 'directory') {
      entryOf.push(-1);
      return;
    }
    entryOf.push(indexer.add(mappedEntry(entry, path ?? entry.path, mapper, context)));
  };
  const onWarning = (warning: TarWarning): void => indexer.warn(warning);
  try {
    if (tar.compression === null) {
      await withTar(tar, (source) => {
        for (const entry of walkTar(source, { onWarning, ignoreGlobals: true })) add(entry);
      });
    } else {
      const parser = createTarParser({ onEntry: add, onWarning, ignoreGlobals: true });
      for await (const chunk of decompressed(tar, tar.compression)) {
        parser.write(chunk);
        options.signal?.throwIfAborted();
      }
      parser.end();
    }
  } catch (error) {
    throw withContext(error, { archive: tar.path });
  }
  return {
    changeset: indexer.finish(),
    hasXattrs: true,
    contents: (isSelected) => {
      const isEntrySelected = (index: number): boolean => {
        const entry = entryOf[index] ?? -1;
        return entry !== -1 && isSelected(entry);
      };
      const batches =
        tar.compression === null
          ? inBatches(walkContents(tar, isEntrySelected))
          : parseContents(tar, tar.compression, isEntrySelected);
      return renumbered(batches, entryOf);
    },
  };
}

function mappedEntry(
  entry: TarEntry,
  path: Uint8Array,
  mapper: PathMapper,
  { options }: ScanContext,
): TarEntry {
  const owner = options.owner === 'keep' ? undefined : options.owner;
  return {
    ...entry,
    path,
    linkpath: entry.type === 'link' ? (mapper.map(entry.linkpath, false) ?? entry.linkpath) : entry.linkpath,
    headerOffset: 0,
    dataOffset: 0,
    storedSize: entry.size,
    sparse: null,
    isSelfContained: true,
    mode: entry.type === 'symlink' ? entry.mode : (options.mode ?? entry.mode),
    uid: owner?.uid ?? entry.uid,
    gid: owner?.gid ?? entry.gid,
    ...timesOf(entry, options),
  };
}

type IsSelected = (index: number) => boolean;

async function* renumbered(batches: ContentBatches, entryOf: readonly number[]): ContentBatches {
  for await (const batch of batches) yield renumberedBatch(batch, entryOf);
}

function* renumberedBatch(
  batch: Iterable<ContentEvent>,
  entryOf: readonly number[],
): Generator<ContentEvent> {
  for (const event of batch) yield 'start' in event ? { start: entryOf[event.start] ?? -1 } : event;
}

/** Reads only the selected contents. */
function* walkContents(tar: TarFile, isSelected: IsSelected): Generator<ContentEvent, void, undefined> {
  const { descriptor, check } = openUnchanged(tar.path, tar.identity, true);
  try {
    const source = seekable(tar, descriptor);
    let index = -1;
    for (const entry of walkTar(source)) {
      index++;
      if (entry.type !== 'file' || !isSelected(index)) continue;
      yield { start: index };
      for (const bytes of expandSparse(entry, source.read)) yield { bytes };
    }
    check();
  } finally {
    closeSync(descriptor);
  }
}

async function* parseContents(
  tar: TarFile,
  compression: Compression,
  isSelected: IsSelected,
): ContentBatches {
  const events: SparseEvent[] = [];
  const reader = createContentReader(isSelected, (index) => {
    events.push({ start: index });
    return {
      write: (bytes) => void events.push({ bytes: bytes.slice() }),
      hole: (zeros) => void events.push({ zeros }),
      end: () => undefined,
    };
  });
  for await (const chunk of decompressed(tar, compression)) {
    reader.write(chunk);
    yield withZeros(events.splice(0));
  }
  reader.end();
  yield withZeros(events);
}

async function* decompressed(tar: TarFile, compression: Compression): AsyncGenerator<Uint8Array> {
  yield* withBoundedTail(decompressStream(storedBytes(tar), compression));
}

async function* storedBytes({ path, identity }: TarFile): AsyncGenerator<Uint8Array> {
  yield* readUnchanged(path, identity, { follow: true });
}

async function withTar(tar: TarFile, use: (source: SeekableBytes) => void): Promise<void> {
  const { descriptor, check } = openUnchanged(tar.path, tar.identity, true);
  try {
    use(seekable(tar, descriptor));
    check();
  } finally {
    closeSync(descriptor);
  }
}

function seekable({ path, identity }: TarFile, descriptor: number): SeekableBytes {
  return {
    size: identity.size,
    read(target, position) {
      const length = Math.max(0, Math.min(target.length, identity.size - position));
      return reading(path, () => readFully(descriptor, target.subarray(0, length), position));
    },
  };
}
