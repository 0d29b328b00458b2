import { type Analysis, analyse } from '@layers/core/analysis';
import {
  type Archive,
  type ArchiveInput,
  openArchive,
  type ReadImage,
  type ReadOptions,
  readImage,
} from '@layers/core/image';
import { CommandError } from '../command-error.js';
import { createProgress } from '../output/progress.js';
import type { ImageFlags, Session } from '../program/session.js';
import { checkTransport, chooseImage, findInput, type Input } from './open-input.js';
import { withoutSpoolPath, withSpool } from './spool-input.js';

export interface Reading {
  /** Whether every digest is computed. */
  readonly verify?: boolean;
  /** Whether file contents are read after the layers: a pipe is then copied to a file first. */
  readonly contents?: boolean;
}

/** An open archive, and the options to read it. */
export interface Opened {
  readonly archive: Archive;
  readonly input: Input;
  readonly options: ReadOptions;
  /** To be called before any output: a progress bar may be on the terminal. */
  readonly endProgress: () => void;
}

/**
 * Does work that reads an input, with a progress bar if it takes long and the user may want one. The work ends the
 * progress before it writes anything.
 */
export async function withInput<Result>(
  input: Input,
  flags: ImageFlags,
  session: Session,
  work: (options: ReadOptions, endProgress: () => void) => Promise<Result>,
): Promise<Result> {
  const wanted = session.stderr.isTTY === true && flags.quiet !== true && flags.progress !== false;
  const progress = createProgress(session.stderr, wanted);
  const stop = () => {
    progress.stop();
    // Unread input of a pipe must not keep the process running.
    if ('stream' in input.source) input.source.stream.destroy();
  };
  session.signal.addEventListener('abort', stop);
  try {
    const options = { signal: session.signal, ...(wanted ? { onProgress: progress.update } : {}) };
    return await work(options, progress.stop);
  } finally {
    stop();
    session.signal.removeEventListener('abort', stop);
  }
}

/** Opens the archive that an input is, and works with it. */
export function withArchive<Result>(
  input: Input,
  flags: ImageFlags,
  session: Session,
  reading: Reading,
  work: (opened: Opened) => Promise<Result>,
): Promise<Result> {
  return withInput(input, flags, session, async (common, endProgress) => {
    const options = { ...common, verify: reading.verify ?? false };
    const open = async (source: ArchiveInput) => {
      const archive = await openArchive(source, options);
      checkTransport(archive.source, input.transport);
      return archive;
    };
    const { source } = input;
    if ('reference' in source) {
      const { withStoredImage } = await import('./stored-input.js');
      // Blobs of the store may be damaged: what is written from them must match their digests.
      const verify = options.verify || reading.contents === true;
      return withStoredImage(source.reference, flags, session, (archive) =>
        work({ archive, input, options: { ...options, verify }, endProgress }),
      );
    }
    if (reading.contents !== true || !('stream' in source)) {
      return work({ archive: await open(source), input, options, endProgress });
    }
    return withSpool(source, flags, session, options, async (path) => {
      const archive = withoutSpoolPath(await open({ path }), source.path);
      return work({ archive, input, options, endProgress });
    });
  });
}

/** Opens the archive that `name` means, reads the image that the flags choose, and works with it. */
export async function withImage<Result>(
  name: string,
  flags: ImageFlags,
  session: Session,
  reading: Reading,
  work: (image: ReadImage) => Result | Promise<Result>,
): Promise<Result> {
  const found = findInput(name, flags, session);
  return withArchive(found, flags, session, reading, async ({ archive, input, options, endProgress }) => {
    const image = await readImage(archive, chooseImage(archive, input, flags), options);
    if ('reference' in input.source && reading.contents === true) refuseDamaged(image);
    // The rest is quick, and may write to the terminal.
    endProgress();
    return work(image);
  });
}

/** Throws ERR_LAYERS_BLOB_MISMATCH for a layer that does not match its digest. */
export function refuseDamaged({ archive, layers }: ReadImage): void {
  const damaged = layers.find(({ verified }) => verified === false);
  if (damaged === undefined) return;
  throw new CommandError(
    'ERR_LAYERS_BLOB_MISMATCH',
    `layer ${damaged.position} is not what its digest says`,
    {
      archive: archive.source.path,
      file: damaged.description.name,
      hint: 'layers verify IMAGE shows what is wrong with the image',
    },
  );
}

/** As {@link withImage}, with the layers merged and every content accounted for. */
export function withAnalysis<Result>(
  name: string,
  flags: ImageFlags,
  session: Session,
  reading: Reading,
  work: (analysis: Analysis) => Result | Promise<Result>,
): Promise<Result> {
  return withImage(name, flags, session, reading, (image) => work(analyse(image)));
}
