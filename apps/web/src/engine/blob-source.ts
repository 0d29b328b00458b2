import { type OpenBytes, rangeSource, type SyncByteSource } from '@layers/core/io';
import { LayersError } from '@layers/errors';

/** What workers alone have: it waits for the bytes. */
declare class FileReaderSync {
  readAsArrayBuffer(blob: Blob): ArrayBuffer;
}

/**
 * A read takes about a millisecond, of however few bytes. Headers of a tar are close to each other, so each read gets the
 * bytes after them too.
 */
const BLOCK_BYTES = 1024 * 1024;
const MOST_BLOCKS = 4;

/**
 * Returns the bytes of a file that the user chose.
 *
 * @param onRead called with the number of bytes of each read
 */
export function blobSource(
  file: File,
  name: string,
  onRead: (bytes: number) => void = () => undefined,
): SyncByteSource {
  return new BlobSource(file, name, onRead);
}

class BlobSource implements SyncByteSource {
  readonly sync = true;
  readonly name: string;
  readonly size: number;
  readonly #file: File;
  readonly #onRead: (bytes: number) => void;
  readonly #reader = new FileReaderSync();
  /** The blocks that were read last, by their position; the oldest first. */
  readonly #blocks = new Map<number, Uint8Array>();

  constructor(file: File, name: string, onRead: (bytes: number) => void) {
    this.#file = file;
    this.name = name;
    this.size = file.size;
    this.#onRead = onRead;
  }

  identity(): string {
    return `file ${this.#file.size} ${this.#file.lastModified}`;
  }

  read(target: Uint8Array, position: number): number {
    const length = Math.max(0, Math.min(target.length, this.size - position));
    for (let filled = 0; filled < length; ) {
      const at = position + filled;
      const start = at - (at % BLOCK_BYTES);
      const part = this.#block(start).subarray(at - start, at - start + length - filled);
      if (part.length === 0) return filled;
      target.set(part, filled);
      filled += part.length;
    }
    return length;
  }

  open(): OpenBytes {
    return {
      size: this.size,
      read: (target, position) => this.read(target, position),
      close: () => undefined,
    };
  }

  stream(position?: number, chunkBytes?: number): AsyncGenerator<Uint8Array> {
    return rangeSource(this, 0, this.size).stream(position, chunkBytes);
  }

  reference(): null {
    return null;
  }

  #block(start: number): Uint8Array {
    const known = this.#blocks.get(start);
    if (known !== undefined) return known;
    const block = this.#readPart(start, Math.min(this.size, start + BLOCK_BYTES));
    const [oldest] = this.#blocks.keys();
    if (oldest !== undefined && this.#blocks.size >= MOST_BLOCKS) this.#blocks.delete(oldest);
    this.#blocks.set(start, block);
    this.#onRead(block.length);
    return block;
  }

  /** Throws ERR_LAYERS_READ: a browser refuses to read a file that changed after it was chosen. */
  #readPart(start: number, end: number): Uint8Array {
    try {
      return new Uint8Array(this.#reader.readAsArrayBuffer(this.#file.slice(start, end)));
    } catch (cause) {
      throw new LayersError('ERR_LAYERS_READ', `cannot read ${this.name}: the browser refuses it`, {
        cause,
        archive: this.name,
        hint: 'the file may have changed or moved: choose it again',
      });
    }
  }
}
