import type { FoundImage, FoundProblem, SourceState } from '../folder/state.js';
import type { FleetSource } from './sources.js';

/** What was found in a source so far. */
export class SourceScan {
  readonly source: FleetSource;
  readonly #identity: string | null;
  readonly #images: FoundImage[] = [];
  readonly #problems: FoundProblem[] = [];

  /** @param identity the state of the source before it was opened */
  constructor(source: FleetSource, identity: string | null) {
    this.source = source;
    this.#identity = identity;
  }

  addImage(image: FoundImage): void {
    this.#images.push(image);
  }

  addProblem(problem: FoundProblem): void {
    this.#problems.push(problem);
  }

  /** @param readAt when a worker read it, in milliseconds since 1970 */
  state(readAt: number | null): SourceState {
    return {
      source: this.source.name,
      identity: this.#identity,
      readAt,
      images: this.#images,
      problems: this.#problems,
    };
  }
}
