import { closeSync, readSync } from 'node:fs';
import { type Compression, decompressStream } from '@layers/core/compression';
import { createContentReader } from '@layers/core/image';
import { ChangesetIndexer } from '@layers/core/rootfs';
import { withContext } from '@layers/errors';
import { createTarParser, expandSparse, type SeekableBytes, type TarEntry, walkTar } from '@layers/tar';
import { inBatches, type SparseEvent, withZeros } from './content-batches.js';
import { type FileIdentity, openUnchanged, reading, readUnchanged } from './file-identity.js';
import type { PathMapper } from './resolve-path.js';
import {
  type ContentBatches,
  type ContentEvent,
  type ScanContext,
  type ScannedSource,
  timesOf,
} from './scanned-source.js';

/** A tar on disk, as it was looked at. */
export interface TarFile {
  readonly path: string;
  readonly compression: Compression | null;
  readonly identity: FileIdentity;
}

/**
 * Learns what a tar holds. Whiteouts in it delete; sparse files are added in full.
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
  /** Indexes of the members in the changeset; -1 for those that are not in it. */
  const entryOf: number[] = [];
  const take = (entry: TarEntry): void => {
    const path = mapper.map(entry.path, entry.type === 'directory');
    if (path === null && entry.type === 'directory') {
      entryOf.push(-1);
      return;
    }
    entryOf.push(indexer.add(mappedEntry(entry, path ?? entry.path, mapper, context)));
  };
  try {
    if (tar.compression === null) {
      await withTar(tar, (source) => {
        for (const entry of walkTar(source, { onWarning: (warning) => indexer.warn(warning) })) take(entry);
      });
    } else {
      const parser = createTarParser({ onEntry: take, onWarning: (warning) => indexer.warn(warning) });
      for await (const chunk of inflated(tar, tar.compression)) {
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
    contents: (wanted) => {
      const isWanted = (member: number): boolean => {
        const entry = entryOf[member] ?? -1;
        return entry !== -1 && wanted(entry);
      };
      const batches =
        tar.compression === null ? inBatches(walked(tar, isWanted)) : parsed(tar, tar.compression, isWanted);
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

type Wanted = (member: number) => boolean;

async function* renumbered(batches: ContentBatches, entryOf: readonly number[]): ContentBatches {
  for await (const batch of batches) yield renumberedTurn(batch, entryOf);
}

function* renumberedTurn(batch: Iterable<ContentEvent>, entryOf: readonly number[]): Generator<ContentEvent> {
  for (const event of batch) yield 'start' in event ? { start: entryOf[event.start] ?? -1 } : event;
}

/** Reads only what is wanted. */
function* walked(tar: TarFile, wanted: Wanted): Generator<ContentEvent, void, undefined> {
  const { descriptor, check } = openUnchanged(tar.path, tar.identity, true);
  try {
    const source = seekable(tar, descriptor);
    let member = -1;
    for (const entry of walkTar(source)) {
      member++;
      if (entry.type !== 'file' || !wanted(member)) continue;
      yield { start: member };
      for (const bytes of expandSparse(entry, source.read)) yield { bytes };
    }
    check();
  } finally {
    closeSync(descriptor);
  }
}

async function* parsed(tar: TarFile, compression: Compression, wanted: Wanted): ContentBatches {
  const pieces: SparseEvent[] = [];
  const reader = createContentReader(wanted, (member) => {
    pieces.push({ start: member });
    return {
      write: (bytes) => void pieces.push({ bytes: bytes.slice() }),
      hole: (zeros) => void pieces.push({ zeros }),
      end: () => undefined,
    };
  });
  for await (const chunk of inflated(tar, compression)) {
    reader.write(chunk);
    yield withZeros(pieces.splice(0));
  }
  reader.end();
  yield withZeros(pieces);
}

async function* inflated(tar: TarFile, compression: Compression): AsyncGenerator<Uint8Array> {
  yield* decompressStream(stored(tar), compression);
}

async function* stored({ path, identity }: TarFile): AsyncGenerator<Uint8Array> {
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
      const length = Math.min(target.length, identity.size - position);
      let filled = 0;
      while (filled < length) {
        const got = reading(path, () =>
          readSync(descriptor, target, filled, length - filled, position + filled),
        );
        if (got === 0) break;
        filled += got;
      }
      return filled;
    },
  };
}
