import { sniffCompression } from '@layers/core/compression';
import { type Finding, withPlace } from '@layers/core/findings';
import { contentKind, MAGIC_BYTES, MAX_TRAILING_BYTES, TailLimit } from '@layers/core/image';
import { ChangesetIndexer, uniteLayers } from '@layers/core/rootfs';
import { isLayersError, LayersError, withContext } from '@layers/errors';
import { createTarParser, type TarEntry, type TarWarning } from '@layers/tar';
import { createArchiveNames } from './archive-names.js';
import type { OpenedRootfs } from './rootfs-input.js';

/** Facts about the tar of a root file system. */
export interface RootfsFacts {
  readonly entries: number;
  /** Bytes of the uncompressed tar. */
  readonly tarBytes: number;
  /** The latest time of an entry, in whole seconds since 1970; 0 if no entry is later. */
  readonly newestSeconds: number;
  /** Unusual entries, and those that Docker refuses or treats differently. */
  readonly findings: readonly Finding[];
}

/** 9999-12-31T23:59:59Z, the last second that RFC 3339 can express. */
const LAST_SECOND = 253_402_300_799;

/**
 * Yields a tar unchanged, and parses it at the same time. Calls `onFacts` at its end.
 *
 * @throws LayersError ERR_LAYERS_TAR_*, ERR_LAYERS_LIMIT; ERR_LAYERS_NOT_A_ROOTFS for an image archive; what `tar` throws
 */
export async function* checkedRootfs(
  { name, compression, tarBytes: declaredBytes, tar }: OpenedRootfs,
  onFacts: (facts: RootfsFacts) => void,
): AsyncGenerator<Uint8Array> {
  const indexer = new ChangesetIndexer();
  const names = createArchiveNames();
  let entries = 0;
  let newestSeconds = 0;
  let tarBytes = 0;
  let trailingBytes = 0;
  const tail = new TailLimit();
  const isUnbounded = declaredBytes === null;
  const head = new Uint8Array(MAGIC_BYTES);
  const onEntry = (entry: TarEntry): void => {
    entries++;
    names.add(entry.path);
    if (entry.mtime > newestSeconds && entry.mtime <= LAST_SECOND) newestSeconds = Math.floor(entry.mtime);
    indexer.add(entry);
  };
  const parser = createTarParser({
    onEntry,
    onWarning: (warning) => indexer.warn(warning),
    ignoreGlobals: true,
  });
  try {
    for await (const chunk of tar(tail)) {
      if (parser.ended) trailingBytes += chunk.length;
      // The length of a file is known. Whatever else is read may never end.
      if (trailingBytes > MAX_TRAILING_BYTES && isUnbounded) {
        indexer.warn(endlessTail(tarBytes));
        break;
      }
      if (tarBytes < head.length) head.set(chunk.subarray(0, head.length - tarBytes), tarBytes);
      tarBytes += chunk.length;
      parser.write(chunk);
      tail.note(parser.ended);
      yield chunk;
    }
    if (tarBytes === 0) throw emptyError();
    parser.end();
    if (names.isArchive()) throw imageError(name);
    const changeset = indexer.finish();
    const joined = uniteLayers([changeset]).changes[0]?.findings ?? [];
    const findings = [...changeset.findings, ...joined].map((finding) => withPlace(finding, { layer: 0 }));
    onFacts({ entries, tarBytes, newestSeconds, findings });
  } catch (error) {
    const start = head.subarray(0, tarBytes);
    throw withContext(entries === 0 ? firstHeaderError(error, start, compression !== null) : error, {
      archive: name,
    });
  }
}

function endlessTail(offset: number): TarWarning {
  return {
    code: 'tar-trailing-data',
    message: `more than ${MAX_TRAILING_BYTES} bytes follow the end of the tar: the rest of the input is not read`,
    offset,
  };
}

function emptyError(): LayersError {
  return new LayersError('ERR_LAYERS_TAR_TRUNCATED', 'the input is empty', {
    hint: 'for an empty image use a tar without entries, as tar -c -T /dev/null writes',
  });
}

function imageError(name: string): LayersError {
  return new LayersError('ERR_LAYERS_NOT_A_ROOTFS', 'the input is an image archive, not a root file system', {
    archive: name,
    hint: 'load it as an image archive',
  });
}

/** Explains an error in the first header, and data after the zeros that an empty tar begins with. */
function firstHeaderError(error: unknown, head: Uint8Array, isCompressed: boolean): unknown {
  if (!isLayersError(error)) return error;
  const isHeader = error.code === 'ERR_LAYERS_TAR_CHECKSUM' || error.code === 'ERR_LAYERS_TAR_TRUNCATED';
  if (isHeader ? error.offset !== 0 : error.code !== 'ERR_LAYERS_NOT_A_TAR') return error;
  if (isCompressed && sniffCompression(head) !== null) {
    const hint = 'decompress it once, then import it';
    return new LayersError('ERR_LAYERS_TAR_CHECKSUM', 'the input is compressed twice', {
      cause: error,
      hint,
    });
  }
  const kind = contentKind(head);
  const message = `the input is not a tar archive${kind === null ? '' : `, but ${kind.name}`}`;
  const hint = 'use the tar of a root file system, as docker export or tar -C DIR -c . writes';
  const code = error.code === 'ERR_LAYERS_NOT_A_TAR' ? 'ERR_LAYERS_TAR_CHECKSUM' : error.code;
  return new LayersError(code, message, { cause: error, hint });
}
