import type { Digest } from '@layers/core/digest';
import type { Progress } from '@layers/core/image';

/** Adds up the progress of several blobs that are transferred at once. A blob that is begun again counts once. */
export class TransferProgress {
  readonly #totalBytes: number;
  readonly #onProgress: ((progress: Progress) => void) | undefined;
  readonly #done = new Map<Digest, number>();
  #doneBytes = 0;

  constructor(
    blobs: readonly { readonly size: number }[],
    onProgress: ((progress: Progress) => void) | undefined,
  ) {
    this.#totalBytes = blobs.reduce((sum, { size }) => sum + size, 0);
    this.#onProgress = onProgress;
  }

  /** @param bytes how many bytes of the blob are done */
  update(digest: Digest, bytes: number): void {
    this.#doneBytes += bytes - (this.#done.get(digest) ?? 0);
    this.#done.set(digest, bytes);
    this.#onProgress?.({ doneBytes: this.#doneBytes, totalBytes: this.#totalBytes });
  }
}
