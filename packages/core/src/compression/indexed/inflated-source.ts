import { LayersError } from '@layers/errors';
import type { OpenBytes, SourceReference, SyncByteSource } from '../../io/byte-source.js';
import { readOnce, streamSource } from '../../io/stream-source.js';
import type { CompressedIndex } from './compressed-index.js';
import { encodeIndex } from './index-format.js';
import { SpanReader } from './span-reader.js';

/**
 * Returns the uncompressed bytes of a gzip or zstd blob, which are read at any position without decompressing all before
 * it. Each span is checked before bytes of it are returned.
 *
 * Its methods throw ERR_LAYERS_INPUT_CHANGED where the blob is not the one that was indexed.
 *
 * @param source the blob
 * @param index the index of the blob, from `createIndexBuilder`
 * @throws LayersError ERR_LAYERS_INPUT_CHANGED
 */
export function inflatedSource(source: SyncByteSource, index: CompressedIndex): SyncByteSource {
  if (source.size !== index.storedBytes) throw notIndexed(source.name);
  return new InflatedSource(source, index);
}

/** Creates the error for a blob to which the index does not fit. */
export function notIndexed(name: string, cause?: unknown): LayersError {
  return new LayersError('ERR_LAYERS_INPUT_CHANGED', `${name} is not the data that was indexed`, {
    hint: 'open it again',
    cause,
  });
}

class InflatedSource implements SyncByteSource {
  readonly sync = true;
  readonly #of: SyncByteSource;
  readonly #index: CompressedIndex;

  constructor(of: SyncByteSource, index: CompressedIndex) {
    this.#of = of;
    this.#index = index;
  }

  get name(): string {
    return this.#of.name;
  }

  get size(): number {
    return this.#index.size;
  }

  identity(): string | null {
    const stored = this.#of.identity();
    return stored === null ? null : `inflated ${stored}`;
  }

  read(target: Uint8Array, position: number): number {
    return readOnce(this, target, position);
  }

  open(): OpenBytes {
    const stored = this.#of.open();
    const reader = new SpanReader(stored, this.#index, (cause) => notIndexed(this.name, cause));
    return {
      size: this.size,
      read: (target, position) => reader.read(target, position),
      close() {
        reader.close();
        stored.close();
      },
    };
  }

  stream(position?: number, chunkBytes?: number): AsyncGenerator<Uint8Array> {
    return streamSource(this, position, chunkBytes);
  }

  reference(): SourceReference | null {
    const of = this.#of.reference();
    return of === null ? null : { kind: 'inflated', of, index: encodeIndex(this.#index) };
  }
}
