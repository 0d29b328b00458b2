import { withAtomicFile } from '@layers/core/io';
import { plannedBytes, type WriteOptions, writeImages } from '@layers/rewrite/archive';
import type { NewImage, WrittenImage } from '@layers/rewrite/image';
import { writeChunk } from '../output/write-out.js';
import type { Session } from '../program/session.js';
import { addToLayout, isLayout } from './add-to-layout.js';
import { compressedTo } from './compressed-to.js';
import type { OutputName } from './output-name.js';
import { refuseTerminal } from './write-target.js';

/** The output of `save`: path, format, and the compression of the archive as a whole. */
export interface SaveOutput extends OutputName {
  readonly force: boolean;
  readonly compression: 'gzip' | 'zstd' | null;
}

/** What was written. */
export interface Saved {
  readonly images: readonly WrittenImage[];
  /** Of the archive, or of all files of a layout. */
  readonly bytes: number;
}

/** Writes the archive; a file is written atomically. Throws what `writeImages` throws. */
export async function writeSaved(
  images: readonly NewImage[],
  { path, format, compression, force }: SaveOutput,
  session: Session,
  onProgress: WriteOptions['onProgress'],
): Promise<Saved> {
  const { signal, stdout } = session;
  const options: WriteOptions = {
    format,
    signal,
    onProgress,
  };
  if (format === 'oci-dir') {
    const written = isLayout(path)
      ? await addToLayout(images, path, options)
      : await writeImages(images, { kind: 'directory', path, force }, options);
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
