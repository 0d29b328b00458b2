import type { OpenBytes, SourceReference, SyncByteSource } from './byte-source.js';
import { readOnce, streamSource } from './stream-source.js';

/**
 * Returns a part of another source, with the name of that source.
 *
 * @param offset position of the first byte
 * @param length length in bytes; what is after the end of the other source cannot be read
 */
export function rangeSource(of: SyncByteSource, offset: number, length: number): SyncByteSource {
  const { root, offset: start } = rootOf(of);
  return new RangeSource(root, start + offset, length);
}

/** Returns the source that a source is a part of, and the position of its first byte there; else the source itself. */
export function rootOf(source: SyncByteSource): { readonly root: SyncByteSource; readonly offset: number } {
  return source instanceof RangeSource
    ? { root: source.of, offset: source.offset }
    : { root: source, offset: 0 };
}

class RangeSource implements SyncByteSource {
  readonly sync = true;
  readonly of: SyncByteSource;
  readonly offset: number;
  readonly size: number;

  constructor(of: SyncByteSource, offset: number, length: number) {
    this.of = of;
    this.offset = offset;
    this.size = length;
  }

  get name(): string {
    return this.of.name;
  }

  identity(): string | null {
    const whole = this.of.identity();
    return whole === null ? null : `${whole} at ${this.offset} ${this.size}`;
  }

  read(target: Uint8Array, position: number): number {
    return readOnce(this, target, position);
  }

  open(): OpenBytes {
    return openPart(this.of.open(), this.offset, this.size);
  }

  stream(position?: number, chunkBytes?: number): AsyncGenerator<Uint8Array> {
    return streamSource(this, position, chunkBytes);
  }

  reference(): SourceReference | null {
    const of = this.of.reference();
    if (of === null) return null;
    // Only the part is copied to the other thread.
    if (of.kind === 'memory') return { ...of, bytes: of.bytes.slice(this.offset, this.offset + this.size) };
    return { kind: 'range', of, offset: this.offset, length: this.size };
  }
}

/** Returns a part of an open source. Closing the part closes the source. */
export function openPart(whole: OpenBytes, offset: number, size: number): OpenBytes {
  return {
    size,
    read(target, position) {
      const left = Math.max(0, size - position);
      return whole.read(target.length <= left ? target : target.subarray(0, left), offset + position);
    },
    close: () => whole.close(),
  };
}
