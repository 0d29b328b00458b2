import { type Analysis, analyse } from '@layers/core/analysis';
import {
  type Archive,
  type ArchiveInput,
  type ImageDescription,
  type LayerCache,
  openArchive,
  type ReadImage,
  readImage,
} from '@layers/core/image';
import { withContext } from '@layers/errors';
import { CommandError } from '../command-error.js';
import { createProgress, type Feedback, showsProgress } from '../output/progress.js';
import type { Session } from '../session.js';
import { checkTransport, chooseImage, findInput, type ImageChoice, type Input } from './open-input.js';
import type { InputOpener, Opened, Reading, Started } from './reading.js';
import { asStreamed, spoolInput } from './spool-input.js';
import { userCache } from './user-cache.js';

/** The options of a command that concern reading. */
interface ReadFlags extends Feedback {
  /** False for no cache. */
  readonly cache?: boolean;
}

/** The inputs of a command. They stay open, with their temporary files and leases, until the command is done. */
export class Inputs implements InputOpener {
  readonly session: Session;
  readonly #feedback: ReadFlags;
  /** Undefined before it is needed; null where there is none. */
  #cache: LayerCache | null | undefined;
  readonly #closers: (() => void | Promise<void>)[] = [];
  readonly #explainers: ((error: unknown) => unknown)[] = [];
  readonly #started = new Set<() => void>();
  readonly #stopAll = (): void => {
    for (const stop of this.#started) stop();
  };

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
    // One listener for all inputs: Node warns about many.
    if (this.#started.size === 0) signal.addEventListener('abort', this.#stopAll);
    this.#started.add(stop);
    this.defer(() => {
      stop();
      this.#started.delete(stop);
      if (this.#started.size === 0) signal.removeEventListener('abort', this.#stopAll);
    });
    return {
      options: {
        signal,
        ...(wanted ? { onProgress: progress.update } : onProgress === undefined ? {} : { onProgress }),
      },
      endProgress: progress.stop,
    };
  }

  async open(input: Input, choice: ImageChoice, reading: Reading): Promise<Opened> {
    const { options: common, endProgress } = this.start(input);
    const { verify: verifies = false, reuses = false, files: accessPoints = false, fingerprintKey } = reading;
    // What the cache has are fingerprints of its own key.
    const cache = reuses && !verifies && fingerprintKey === undefined ? this.#openCache() : undefined;
    const options = {
      ...common,
      verify: verifies,
      cache,
      accessPoints,
      fingerprintKey,
      points: this.#openCache(),
    };
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
      const stored = await storedArchive(source, choice, this, cache);
      const archive = fingerprintKey === undefined ? stored : { ...stored, fingerprintKey };
      // Blobs of the store may be damaged: contents that are written must match their digests.
      const verify = options.verify || reading.contents === true;
      return { archive, input, options: { ...options, verify }, endProgress };
    }
    const mayBePartial = !this.readsAll && !verifies && choice.allPlatforms !== true;
    const describe = 'describe' in source && mayBePartial ? source.describe : undefined;
    if (reading.listed === true && describe !== undefined) {
      endProgress();
      const { openComparedInput } = await import('./compared-inputs.js');
      return openComparedInput(input, describe, reading, this);
    }
    if (reading.lazy === true && 'describe' in source && describe !== undefined) {
      const { openLazyInput } = await import('./lazy-input.js');
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

  get cache(): LayerCache | undefined {
    return this.#openCache();
  }

  get readsAll(): boolean {
    return this.#feedback.cache === false;
  }

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
