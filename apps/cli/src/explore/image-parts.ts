import { type Analysis, analyse, declaredBytes } from '@layers/core/analysis';
import { changesetOf, type ImageDescription, type ReadImage } from '@layers/core/image';
import { runEventLoop } from '@layers/core/io';
import { PathEvents } from '@layers/insight/events';

/** The lowest layers of an image, or all. */
export interface ImagePart {
  readonly analysis: Analysis;
  readonly events: PathEvents;
  /** The whole image. */
  readonly description: ImageDescription;
}

/** Merging may take this share of the time that reading takes. */
const SHARE = 0.2;
/** Users do not notice what is read faster, and a part of it would only flicker. */
const SOON_MS = 80;

/** The layers of a smaller image are mostly read before anyone notices. */
const LARGE_BYTES = 64 * 1024 * 1024;

/** Merges the layers of an image while others are read, and hands over what there is. */
export class ImageParts {
  readonly #onPart: (part: ImagePart) => void;
  readonly #onError: (error: unknown) => void;
  #latest: PathEvents | null = null;
  /** The part to hand over next, and when. */
  #waiting: { readonly image: ReadImage; readonly description: ImageDescription } | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;

  /** @param onError is called with what `analyse` throws for a part */
  constructor(onPart: (part: ImagePart) => void, onError: (error: unknown) => void) {
    this.#onPart = onPart;
    this.#onError = onError;
  }

  /** Takes the lowest layers of an image. They are handed over soon, unless there are more by then. */
  add(image: ReadImage, description: ImageDescription): void {
    this.#waiting = { image, description };
    this.#timer ??= setTimeout(() => this.#handOver(), SOON_MS);
  }

  /** Takes an image without layers: at once where reading its layers takes time that users notice. */
  async start(image: ReadImage, description: ImageDescription): Promise<void> {
    this.add(image, description);
    const bytes = description.layers.reduce((sum, layer) => sum + (declaredBytes(layer) ?? 0), 0);
    if (bytes < LARGE_BYTES || this.#timer === null) return;
    clearTimeout(this.#timer);
    this.#handOver();
    // What follows may keep the event loop busy, which draws the screen.
    await runEventLoop();
    await runEventLoop();
  }

  /** Returns the whole image, merged. No more parts are handed over. */
  finish(image: ReadImage, description: ImageDescription): ImagePart {
    this.stop();
    return this.#merge(image, description);
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#waiting = null;
  }

  #handOver(): void {
    const waiting = this.#waiting;
    this.#timer = null;
    if (waiting === null) return;
    this.#waiting = null;
    const start = performance.now();
    try {
      this.#onPart(this.#merge(waiting.image, waiting.description));
    } catch (error) {
      this.#onError(error);
      return;
    }
    const pause = Math.max(SOON_MS, (performance.now() - start) / SHARE);
    this.#timer = setTimeout(() => this.#handOver(), pause);
  }

  #merge(image: ReadImage, description: ImageDescription): ImagePart {
    const events = new PathEvents(image.layers.map(changesetOf), this.#latest);
    this.#latest = events;
    return { analysis: analyse(image, events.union), events, description };
  }
}
