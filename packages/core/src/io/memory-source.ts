import type { OpenBytes, SourceReference, SyncByteSource } from './byte-source.js';
import { CHUNK_BYTES } from './stream-source.js';

/**
 * Returns bytes in memory as a source. They must not change while they are in use.
 *
 * @param name for messages
 */
export function memorySource(bytes: Uint8Array, name = 'memory'): SyncByteSource {
  return new MemorySource(bytes, name);
}

class MemorySource implements SyncByteSource {
  readonly sync = true;
  readonly name: string;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array, name: string) {
    this.#bytes = bytes;
    this.name = name;
  }

  get size(): number {
    return this.#bytes.length;
  }

  identity(): null {
    return null;
  }

  read(target: Uint8Array, position: number): number {
    const part = this.#bytes.subarray(position, position + target.length);
    target.set(part);
    return part.length;
  }

  open(): OpenBytes {
    return {
      size: this.size,
      read: (target, position) => this.read(target, position),
      close: () => undefined,
    };
  }

  async *stream(start = 0, chunkBytes = CHUNK_BYTES): AsyncGenerator<Uint8Array> {
    for (let at = start; at < this.size; at += chunkBytes) yield this.#bytes.subarray(at, at + chunkBytes);
  }

  reference(): SourceReference {
    return { kind: 'memory', name: this.name, bytes: this.#bytes };
  }
}
