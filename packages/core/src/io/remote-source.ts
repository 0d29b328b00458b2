import { LayersError } from '@layers/errors';
import type { AsyncByteSource } from './byte-source.js';
import { CHUNK_BYTES } from './stream-source.js';

/** How to reach bytes that are elsewhere, such as a blob on a server. */
export interface RemoteBytes {
  /** For messages. */
  readonly name: string;
  /** Size in bytes. */
  readonly size: number;
  /** A text that changes when the bytes change, such as their digest; absent or null where nothing is known. */
  readonly identity?: string | null | undefined;
  /**
   * Requests `length` bytes from `position`, for example by `Range: bytes=<position>-` (RFC 9110 section 14). A server that
   * sends more is stopped. The chunks may be used again by the server after the next step.
   */
  fetch(position: number, length: number): AsyncIterable<Uint8Array>;
}

/** Returns bytes that must be requested as a source. Every read is one request. */
export function remoteSource(remote: RemoteBytes): AsyncByteSource {
  return new RemoteSource(remote);
}

class RemoteSource implements AsyncByteSource {
  readonly sync = false;
  readonly #remote: RemoteBytes;

  constructor(remote: RemoteBytes) {
    this.#remote = remote;
  }

  get name(): string {
    return this.#remote.name;
  }

  get size(): number {
    return this.#remote.size;
  }

  identity(): string | null {
    return this.#remote.identity ?? null;
  }

  async read(target: Uint8Array, position: number): Promise<number> {
    const length = Math.max(0, Math.min(target.length, this.size - position));
    let filled = 0;
    for await (const chunk of this.#exactly(position, length)) {
      target.set(chunk, filled);
      filled += chunk.length;
    }
    return filled;
  }

  async *stream(start = 0, chunkBytes = CHUNK_BYTES): AsyncGenerator<Uint8Array> {
    for await (const chunk of this.#exactly(start, Math.max(0, this.size - start))) {
      for (let at = 0; at < chunk.length; at += chunkBytes) yield chunk.subarray(at, at + chunkBytes);
    }
  }

  /** Yields exactly `length` bytes. Throws ERR_LAYERS_READ where the server sends fewer. */
  async *#exactly(position: number, length: number): AsyncGenerator<Uint8Array> {
    let left = length;
    if (left === 0) return;
    for await (const chunk of this.#remote.fetch(position, length)) {
      if (chunk.length > left) {
        if (left > 0) yield chunk.subarray(0, left);
        return;
      }
      left -= chunk.length;
      yield chunk;
    }
    // Not earlier: what sends the bytes may check them at their end.
    if (left === 0) return;
    throw new LayersError(
      'ERR_LAYERS_READ',
      `cannot read ${this.name}: the server sent ${left} bytes too few`,
      {
        archive: this.name,
        offset: position + length - left,
        hint: 'try again',
      },
    );
  }
}
