import { statSync } from 'node:fs';
import { withAtomicFile } from '@layers/core/io';
import { plannedBytes, type WriteOptions, writeImages } from '@layers/rewrite/archive';
import type { NewImage, WrittenImage } from '@layers/rewrite/image';
import type { WholeCompression } from '../documents/archive-form.js';
import { writeChunk } from '../output/write-out.js';
import type { Session } from '../session.js';
import { addToLayout } from './add-to-layout.js';
import { isStreamPath } from './check-output.js';
import { compressedTo } from './compressed-to.js';
import { isLayout } from './layout-files.js';
import type { OutputName } from './output-name.js';
import { refuseTerminal } from './write-target.js';

/** An output: path, format, and the compression of the archive as a whole. */
export interface Output extends OutputName {
  readonly compression: WholeCompression;
}

/** What was written. */
export interface Written {
  readonly images: readonly WrittenImage[];
  /** Of the archive, or of all files of a layout. */
  readonly bytes: number;
}

/** Writes images to a file, a directory or standard output. Files are written atomically. Throws what `writeImages` throws. */
export async function writeOutput(
  images: readonly NewImage[],
  output: Output,
  force: boolean,
  { stdout, signal }: Pick<Session, 'stdout' | 'signal'>,
  options: Omit<WriteOptions, 'format'>,
): Promise<Written> {
  const { path, format, compression } = output;
  const withFormat = { ...options, format };
  if (format === 'oci-dir') {
    const written = isLayout(path)
      ? await addToLayout(images, path, options)
      : await writeImages(images, { kind: 'directory', path, force }, withFormat);
    return { images: written, bytes: plannedBytes(images, format) ?? 0 };
  }
  if (path === '-') {
    refuseTerminal({ stdout });
    return writeStream(images, output, options, (chunk) => writeChunk(stdout, chunk));
  }
  if (compression !== null || isStreamPath(path)) {
    return withAtomicFile(path, { force, signal }, (file) =>
      writeStream(images, output, options, file.write),
    );
  }
  const written = await writeImages(images, { kind: 'file', path, force }, withFormat);
  return { images: written, bytes: statSync(path).size };
}

type Put = (chunk: Uint8Array) => Promise<void>;

/** Passes an archive, compressed as a whole or not, to `put`. */
export async function writeStream(
  images: readonly NewImage[],
  { format, compression }: Pick<Output, 'format' | 'compression'>,
  options: Omit<WriteOptions, 'format'>,
  put: Put,
): Promise<Written> {
  let bytes = 0;
  const counted: Put = (chunk) => {
    bytes += chunk.length;
    return put(chunk);
  };
  const write = (target: Put) =>
    writeImages(images, { kind: 'stream', write: target }, { ...options, format });
  const written = await (compression === null
    ? write(counted)
    : compressedTo(compression, options.signal, counted, write));
  return { images: written, bytes };
}
