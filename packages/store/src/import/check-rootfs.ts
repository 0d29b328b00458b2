import { sniffCompression } from '@layers/core/compression';
import { type Finding, withPlace } from '@layers/core/findings';
import { ChangesetIndexer, uniteLayers } from '@layers/core/rootfs';
import { isLayersError, LayersError, withContext } from '@layers/errors';
import { createTarParser, type TarEntry } from '@layers/tar';
import { createArchiveNames } from './archive-names.js';
import type { OpenedRootfs } from './rootfs-input.js';

/** What a root file system's tar was found to hold. */
export interface RootfsFacts {
  readonly entries: number;
  /** Bytes of the uncompressed tar. */
  readonly tarBytes: number;
  /** The latest time of an entry, in whole seconds since 1970; 0 where none has one after that. */
  readonly newest: number;
  /** What is odd in it, or is taken otherwise by Docker. */
  readonly findings: readonly Finding[];
}

/** The last second of which RFC 3339 can tell. */
const LAST_SECOND = 253_402_300_799;

/**
 * Hands on a tar as it is, and looks at it while it passes; tells `onFacts` of it when it is over.
 *
 * @throws LayersError ERR_LAYERS_TAR_*, ERR_LAYERS_LIMIT; ERR_LAYERS_NOT_A_ROOTFS for an image archive; what `tar` throws
 */
export async function* checkedRootfs(
  { name, compression, tar }: OpenedRootfs,
  onFacts: (facts: RootfsFacts) => void,
): AsyncGenerator<Uint8Array> {
  const indexer = new ChangesetIndexer();
  const names = createArchiveNames();
  let entries = 0;
  let newest = 0;
  let tarBytes = 0;
  let head: Uint8Array = new Uint8Array(0);
  const onEntry = (entry: TarEntry): void => {
    entries++;
    names.add(entry.path);
    if (entry.mtime > newest && entry.mtime <= LAST_SECOND) newest = Math.floor(entry.mtime);
    indexer.add(entry);
  };
  const parser = createTarParser({ onEntry, onWarning: (warning) => indexer.warn(warning) });
  try {
    for await (const chunk of tar()) {
      if (tarBytes === 0) head = chunk.slice(0, 16);
      tarBytes += chunk.length;
      parser.write(chunk);
      yield chunk;
    }
    if (tarBytes === 0) throw isEmpty();
    parser.end();
    if (names.isArchive()) throw isImage(name);
    const changeset = indexer.finish();
    const joined = uniteLayers([changeset]).changes[0]?.findings ?? [];
    const findings = [...changeset.findings, ...joined].map((finding) => withPlace(finding, { layer: 0 }));
    onFacts({ entries, tarBytes, newest, findings });
  } catch (error) {
    throw withContext(entries === 0 ? noTar(error, head, compression !== null) : error, { archive: name });
  }
}

function isEmpty(): LayersError {
  return new LayersError('ERR_LAYERS_TAR_TRUNCATED', 'the root file system is empty: it has no bytes', {
    hint: 'an empty image comes of an empty tar: tar -c -T /dev/null | layers import - NAME',
    offset: 0,
  });
}

function isImage(name: string): LayersError {
  return new LayersError('ERR_LAYERS_NOT_A_ROOTFS', 'this is an image archive, and no root file system', {
    archive: name,
    hint: `layers load ${name === 'standard input' ? '' : `-i ${name} `}takes it as the image that it is`,
  });
}

/** What is wrong where not even the first member could be read. */
function noTar(error: unknown, head: Uint8Array, isPacked: boolean): unknown {
  if (!isLayersError(error) || !/^ERR_LAYERS_TAR_(?:CHECKSUM|TRUNCATED)$/.test(error.code)) return error;
  const details = { cause: error, offset: error.offset };
  if (isPacked && sniffCompression(head) !== null) {
    const hint = 'decompress it once before';
    return new LayersError('ERR_LAYERS_TAR_CHECKSUM', 'it is compressed twice', { ...details, hint });
  }
  if (error.code !== 'ERR_LAYERS_TAR_CHECKSUM') return error;
  const hint = 'a root file system comes as a tar: docker export, layers export, or tar -C FOLDER -c .';
  return new LayersError(error.code, 'it is no tar', { ...details, hint });
}
