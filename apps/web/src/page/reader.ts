import type {
  ChosenFile,
  ImagePlace,
  Inspected,
  OpenedArchive,
  Progress,
  Request,
  Results,
} from '../messages/messages.js';
import { Engine } from './engine.js';

/** Reads what the user chose. After a cancellation, a new engine reads it again when it is needed. */
export class Reader {
  readonly #onProgress: (progress: Progress) => void;
  #engine: Engine;
  #files: readonly ChosenFile[] = [];
  #image: ImagePlace | null = null;
  /** Resolves when the engine has the files and the image; null where nothing makes it read them. */
  #known: Promise<unknown> | null = null;

  constructor(onProgress: (progress: Progress) => void) {
    this.#onProgress = onProgress;
    this.#engine = new Engine(onProgress);
  }

  /** Opens other files, in place of those before. */
  open(files: readonly ChosenFile[]): Promise<readonly OpenedArchive[]> {
    this.cancel();
    this.#files = files;
    this.#image = null;
    const opened = this.#engine.ask({ do: 'open', files });
    this.#known = opened;
    return opened;
  }

  /** Reads the layers of an image. Rejects with a Failure. */
  async inspect(place: ImagePlace): Promise<Inspected> {
    this.#image = null;
    await this.#restored();
    this.#image = place;
    return this.#engine.ask({ do: 'inspect', ...place });
  }

  /** Reads the layers of two images, and compares them. Rejects with a Failure. */
  async compare(a: ImagePlace, b: ImagePlace): Promise<Inspected> {
    this.#image = null;
    await this.#restored();
    return this.#engine.ask({ do: 'compare', a, b });
  }

  /** Answers a question about the image that was inspected last. Rejects with a Failure. */
  async ask<Asked extends Request & { readonly do: 'study' | 'file' }>(
    request: Asked,
  ): Promise<Results[Asked['do']]> {
    await this.#restored();
    return this.#engine.ask(request);
  }

  /** Stops reading at once. What was asked before is never answered. */
  cancel(): void {
    this.#engine.stop();
    this.#engine = new Engine(this.#onProgress);
    this.#known = null;
  }

  #restored(): Promise<unknown> {
    this.#known ??= this.#readAgain(this.#image);
    return this.#known;
  }

  async #readAgain(image: ImagePlace | null): Promise<void> {
    await this.#engine.ask({ do: 'open', files: this.#files });
    if (image !== null) await this.#engine.ask({ do: 'inspect', ...image });
  }
}
