import { type Analysis, analyse } from '@layers/core/analysis';
import {
  type Archive,
  type ArchiveInput,
  type ImageDescription,
  type LayerCache,
  openArchive,
  type ReadImage,
  type ReadOptions,
  readImage,
} from '@layers/core/image';
import { withContext } from '@layers/errors';
import { CommandError } from '../command-error.js';
import { createProgress, type Feedback, showsProgress } from '../output/progress.js';
import type { Session } from '../session.js';
import { checkTransport, chooseImage, findInput, type ImageChoice, type Input } from './open-input.js';
import type { Resources } from './resources.js';
import { asStreamed, spoolInput } from './spool-input.js';
import { userCache } from './user-cache.js';

export interface Reading {
  /** Whether every digest is computed. */
  readonly verify?: boolean;
  /** Whether file contents are read after the layers: a pipe is then copied to a file first. */
  readonly contents?: boolean;
  /** Whether file contents are compared after the layers were read: a pipe is then copied to a file first. */
  readonly compares?: boolean;
  /** Whether layers of the store that do not match their digests are read too. */
  readonly acceptsDamage?: boolean;
  /** Returns the part of the chosen image that is read, such as its lower layers. Errors get the name of the archive. */
  readonly part?: ((image: ImageDescription) => ImageDescription) | undefined;
  /** Whether the command shows artifacts too, which have layers, but no root file system. */
  readonly artifacts?: boolean;
  /** Whether the command only shows the image, so that what earlier runs kept of its layers is enough. */
  readonly reuses?: boolean;
  /** Whether single files are read after the layers, in any order. */
  readonly files?: boolean;
  /** Whether two images of registries need not be read if tables of contents list their files and digests. */
  readonly listed?: boolean;
  /** Whether layers of a registry need not be read whose files an index or a table of contents lists. */
  readonly lazy?: boolean;
}

/** The options of a command that concern reading. */
interface ReadFlags extends Feedback {
  /** False for no cache. */
  readonly cache?: boolean;
}

/** How to read an input. */
interface Started {
  readonly options: ReadOptions;
  /** To be called before any output: a progress bar may be on the terminal. */
  readonly endProgress: () => void;
}

/** An open archive, and the options to read it. */
export interface Opened extends Started {
  readonly archive: Archive;
  readonly input: Input;
}

/** The inputs of a command. They stay open, with their temporary files and leases, until the command is done. */
export class Inputs implements Resources {
  readonly session: Session;
  readonly #feedback: ReadFlags;
  /** Undefined before it is needed; null where there is none. */
  #cache: LayerCache | null | undefined;
  readonly #closers: (() => void | Promise<void>)[] = [];
  readonly #explainers: ((error: unknown) => unknown)[] = [];

  constructor(feedback: ReadFlags, session: Session) {
    this.#feedback = feedback;
    this.session = session;
  }

  defer(close: () => void | Promise<void>): void {
    this.#closers.push(close);
  }

  explainWith(explain: (error: unknown) => unknown): void {
    this.#explainers.push(explain);
  }

  /**
   * Returns the options to read an input with. A progress bar shows reading that takes long. The work ends the progress
   * before it writes anything.
   */
  start({ source }: Input): Started {
    const { stderr, signal } = this.session;
    const { onProgress } = this.#feedback;
    const wanted = onProgress === undefined && showsProgress(this.#feedback, stderr);
    const progress = createProgress(stderr, wanted);
    const stop = () => {
      progress.stop();
      // Unread input of a pipe must not keep the process running.
      if ('stream' in source) source.stream.destroy();
    };
    signal.addEventListener('abort', stop);
    this.defer(() => {
      stop();
      signal.removeEventListener('abort', stop);
    });
    return {
      options: {
        signal,
        ...(wanted ? { onProgress: progress.update } : onProgress === undefined ? {} : { onProgress }),
      },
      endProgress: progress.stop,
    };
  }

  /** Opens the archive that an input is. */
  async open(input: Input, choice: ImageChoice, reading: Reading): Promise<Opened> {
    const { options: common, endProgress } = this.start(input);
    const { verify: verifies = false, reuses = false, files: accessPoints = false } = reading;
    const cache = reuses && !verifies ? this.#openCache() : undefined;
    const options = { ...common, verify: verifies, cache, accessPoints };
    const open = async (source: ArchiveInput) => {
      // A stream is read to its end anyway: digests cost little there.
      const verify = options.verify || reading.contents === true;
      const archive = await openArchive(source, { ...options, verify });
      checkTransport(archive.source, input.transport);
      return archive;
    };
    const { source } = input;
    if ('reference' in source) {
      const { storedArchive } = await import('./stored-input.js');
      const archive = await storedArchive(source, choice, this, cache);
      // Blobs of the store may be damaged: contents that are written must match their digests.
      const verify = options.verify || reading.contents === true;
      return { archive, input, options: { ...options, verify }, endProgress };
    }
    const isLazy = reading.lazy === true && this.#feedback.cache !== false && choice.allPlatforms !== true;
    if (isLazy && !verifies && 'describe' in source && source.describe !== undefined) {
      const { openLazyInput } = await import('./lazy-input.js');
      const { describe } = source;
      const contents = reading.contents === true;
      const lazy = { ...this.#feedback, options, cache, contents };
      const archive = await openLazyInput({ ...source, describe }, lazy, this);
      return { archive, input, options, endProgress };
    }
    const readsAgain = reading.contents === true || reading.compares === true;
    if (!readsAgain || !('stream' in source)) {
      return { archive: await open(source), input, options, endProgress };
    }
    const path = await spoolInput(source, this.#feedback, options, this);
    return { archive: asStreamed(await open({ path }), source), input, options, endProgress };
  }

  /** Returns the cache for work that only shows images; undefined where there is none. */
  get cache(): LayerCache | undefined {
    return this.#openCache();
  }

  /** Whether the user wants nothing of earlier runs, and whole layers. */
  get readsAll(): boolean {
    return this.#feedback.cache === false;
  }

  /** Whether notes are not printed. */
  get isQuiet(): boolean {
    return this.#feedback.quiet === true;
  }

  /** Opens the cache once, so that all archives have fingerprints under one key. */
  #openCache(): LayerCache | undefined {
    if (this.#cache === undefined)
      this.#cache = this.#feedback.cache === false ? null : userCache(this.session);
    return this.#cache ?? undefined;
  }

  /** Returns an error of the work with the names that the user knows. */
  explain(error: unknown): unknown {
    return this.#explainers.reduceRight((explained, explain) => explain(explained), error);
  }

  /** Closes everything, the last opened first, even if closing fails. Rejects with the first failure. */
  async close(): Promise<void> {
    const failures: unknown[] = [];
    for (const close of this.#closers.splice(0).reverse()) {
      try {
        await close();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}

/** Runs work on inputs that it opens, and closes them. */
export async function withInputs<Result>(
  feedback: ReadFlags,
  session: Session,
  work: (inputs: Inputs) => Promise<Result>,
): Promise<Result> {
  const inputs = new Inputs(feedback, session);
  try {
    return await work(inputs);
  } catch (error) {
    throw inputs.explain(error);
  } finally {
    await inputs.close();
  }
}

/** Opens the archive that `name` means, reads the chosen image, and works with it. */
export function withImage<Result>(
  name: string,
  options: ImageChoice & ReadFlags,
  session: Session,
  reading: Reading,
  work: (image: ReadImage, input: Input, inputs: Inputs) => Result | Promise<Result>,
): Promise<Result> {
  const input = findInput(name, options, session);
  return withInputs(options, session, async (inputs) => {
    const opened = await inputs.open(input, options, reading);
    const { archive } = opened;
    const chosen = partOf(archive, chooseImage(archive, input, options, reading.artifacts), reading);
    const image = await readImage(archive, chosen, opened.options);
    if ('reference' in input.source && reading.contents === true && reading.acceptsDamage !== true) {
      refuseDamaged(image);
    }
    // The rest is quick, and may write to the terminal.
    opened.endProgress();
    return work(image, input, inputs);
  });
}

function partOf({ source }: Archive, image: ImageDescription, { part }: Reading): ImageDescription {
  try {
    return part === undefined ? image : part(image);
  } catch (error) {
    throw withContext(error, { archive: source.path });
  }
}

/** Throws ERR_LAYERS_BLOB_MISMATCH for a layer that does not match its digest. */
export function refuseDamaged({ archive, layers }: ReadImage): void {
  const damaged = layers.find(({ verified }) => verified === false);
  if (damaged === undefined) return;
  throw new CommandError('ERR_LAYERS_BLOB_MISMATCH', `layer ${damaged.position} does not match its digest`, {
    archive: archive.source.path,
    file: damaged.description.name,
    hint: 'layers verify IMAGE shows what is wrong with the image',
  });
}

/**
 * Runs work on an image or artifact as {@link withImage} does, with the layers merged and every content accounted for.
 */
export function withAnalysis<Result>(
  name: string,
  options: ImageChoice & ReadFlags,
  session: Session,
  reading: Reading,
  work: (analysis: Analysis, inputs: Inputs) => Result | Promise<Result>,
): Promise<Result> {
  return withImage(
    name,
    options,
    session,
    { ...reading, artifacts: true, reuses: true },
    (image, _, inputs) => work(analyse(image), inputs),
  );
}
