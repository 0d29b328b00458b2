import { tmpdir } from 'node:os';
import { type Archive, type ImageDescription, type ReadOptions, readImage } from '@layers/core/image';
import { withContext } from '@layers/errors';
import { repackedImage } from '@layers/rewrite/change';
import type { LayerCompression, NewImage } from '@layers/rewrite/image';
import { CommandError } from '../command-error.js';
import type { ImageFlags, Session } from '../program/session.js';
import { imagesToLoad } from './load-platforms.js';
import { checkTransport, findInput, type Input } from './open-input.js';
import { type Opened, withArchive, withInput } from './read.js';
import { isReadOnce, withUnpacked } from './unpacked-input.js';

export interface LoadFlags extends ImageFlags {
  readonly input?: string;
  readonly all?: boolean;
  readonly compress?: 'gzip' | 'zstd';
  readonly to?: string;
}

/** Finds the input of `-i`, by default standard input. Throws ERR_LAYERS_TERMINAL. */
export function loadInput(flags: LoadFlags, session: Session): Input {
  const { input: name = '-' } = flags;
  if (name === '-' && session.stdin.isTTY === true) {
    throw new CommandError('ERR_LAYERS_TERMINAL', 'standard input is a terminal: no archive to read', {
      hint: 'name a file: layers load -i FILE, or pipe: docker save IMAGE | layers load',
    });
  }
  return findInput(name, flags, session);
}

/**
 * Opens an archive to load all of it. What passes once is inflated into `folder` meanwhile, and what can be read at any
 * place is read where it lies.
 *
 * @param folder where temporary files may lie; null for those of the system
 */
export function withWholeArchive<Result>(
  input: Input,
  folder: string | null,
  flags: LoadFlags,
  session: Session,
  work: (opened: Opened) => Promise<Result>,
): Promise<Result> {
  if (!isReadOnce(input)) return withArchive(input, flags, session, { contents: true }, work);
  return withInput(input, flags, session, (options, endProgress) =>
    withUnpacked(input, folder ?? tmpdir(), options, (archive) => {
      checkTransport(archive.source, input.transport);
      return work({ archive, input, options, endProgress });
    }),
  );
}

/** Reads the images to load, all by default; compresses uncompressed layers for `--compress`. */
export async function chosenImages(opened: Opened, flags: LoadFlags): Promise<NewImage[]> {
  const { archive, options, endProgress } = opened;
  const images: NewImage[] = [];
  for (const description of imagesToLoad(opened, flags)) {
    images.push(await newImageOf(archive, description, flags.compress, options));
  }
  endProgress();
  return images;
}

async function newImageOf(
  archive: Archive,
  description: ImageDescription,
  kind: LayerCompression['kind'] | undefined,
  options: ReadOptions,
): Promise<NewImage> {
  try {
    const before = await readImage(archive, description, options);
    const { signal } = options;
    const asItIs = repackedImage(before, { signal });
    const isRaw = before.layers.map(({ index }) => index?.compression === null);
    if (kind === undefined || !isRaw.includes(true)) return asItIs;
    const packed = repackedImage(before, { signal, compression: { kind, level: null } });
    const layers = packed.layers.flatMap((layer, i) => (isRaw[i] ? layer : (asItIs.layers[i] ?? layer)));
    return { ...packed, layers };
  } catch (error) {
    throw withContext(error, { archive: archive.source.path });
  }
}
