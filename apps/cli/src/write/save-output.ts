import { withAtomicFile } from '@layers/core/io';
import { plannedBytes, type WriteOptions, writeImages } from '@layers/rewrite/archive';
import type { NewImage, WrittenImage } from '@layers/rewrite/image';
import { usageError } from '../command-error.js';
import type { ArchiveCompression } from '../documents/save.js';
import { writeChunk } from '../output/write-out.js';
import type { ImageFlags, Session } from '../program/session.js';
import { outputPath, refuseEarly } from './check-output.js';
import { compressedTo } from './compressed-to.js';
import { type OutputFormat, type OutputName, parseOutputName } from './output-name.js';
import { refuseTerminal } from './write-target.js';

export interface SaveFlags extends ImageFlags {
  readonly output?: string;
  readonly force?: boolean;
  readonly format?: OutputFormat;
  readonly compress?: ArchiveCompression;
}

/** Where an archive goes, in which form, and how it is packed as a whole. */
export interface SaveOutput extends OutputName {
  readonly compression: 'gzip' | 'zstd' | null;
}

/** What was written. */
export interface Saved {
  readonly images: readonly WrittenImage[];
  /** Of the archive, or of all files of a layout. */
  readonly bytes: number;
}

/**
 * Where the images shall go: to standard output where nothing else is said, packed as the name says. Throws
 * ERR_LAYERS_USAGE, ERR_LAYERS_TERMINAL and ERR_LAYERS_OUTPUT_EXISTS, before anything is read.
 */
export function saveOutput(flags: SaveFlags, session: Session): SaveOutput {
  const named = parseOutputName(flags.output === undefined ? '-' : outputPath(flags.output), flags.format);
  if (named.reference !== undefined) {
    throw usageError(
      'images are saved under their own names',
      `leave out :${named.reference}; layers tag gives an image another name`,
    );
  }
  const path = outputPath(named.path);
  const { format } = named;
  const { compress } = flags;
  const other = /\.(?:xz|bz2|txz|tbz2?|lz4|br)$/i.exec(path);
  if (other !== null && compress === undefined) {
    throw usageError(
      `archives are not compressed as ${other[0]}`,
      'name it .tar, .tar.gz or .tar.zst, or add --compress',
    );
  }
  if (format === 'oci-dir' && compress !== undefined && compress !== 'none') {
    throw usageError('a directory is not compressed', 'leave out --compress, or choose another --format');
  }
  if (path === '-' && flags.json === true) {
    throw usageError('--json and the archive cannot share standard output', 'name a file with -o');
  }
  refuseEarly({ path, format }, flags.force ?? false, session);
  const wanted = compress ?? (format === 'oci-dir' ? 'none' : compressionOf(path));
  return { path, format, compression: wanted === 'none' ? null : wanted };
}

function compressionOf(path: string): ArchiveCompression {
  if (/\.(?:tar\.gz|tgz)$/i.test(path)) return 'gzip';
  return /\.(?:tar\.zst|tar\.zstd|tzst)$/i.test(path) ? 'zstd' : 'none';
}

/** Writes the archive, whole or not at all where it is a file. Throws what `writeImages` throws. */
export async function writeSaved(
  images: readonly NewImage[],
  output: SaveOutput,
  flags: SaveFlags,
  session: Session,
  onProgress: WriteOptions['onProgress'],
): Promise<Saved> {
  const { path, format, compression } = output;
  const { signal, stdout } = session;
  const force = flags.force ?? false;
  const options: WriteOptions = {
    format,
    signal,
    onProgress,
  };
  if (format === 'oci-dir') {
    const written = await writeImages(images, { kind: 'directory', path, force }, options);
    return { images: written, bytes: plannedBytes(images, format) ?? 0 };
  }
  const writeTo = async (put: Put): Promise<Saved> => {
    let bytes = 0;
    const counted: Put = (chunk) => {
      bytes += chunk.length;
      return put(chunk);
    };
    const archive = (write: Put) => writeImages(images, { kind: 'stream', write }, options);
    const written = await (compression === null
      ? archive(counted)
      : compressedTo(compression, signal, counted, archive));
    return { images: written, bytes };
  };
  if (path !== '-') return withAtomicFile(path, { force, signal }, (file) => writeTo(file.write));
  refuseTerminal(session);
  return writeTo((chunk) => writeChunk(stdout, chunk));
}

type Put = (chunk: Uint8Array) => Promise<void>;
