import { closeSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeTemporaryDirectory, reading, type TemporaryDirectory, writing } from '@layers/core/io';

/** Contents up to this size stay in memory. */
const MEMORY_BYTES = 8 * 2 ** 20;

/**
 * Holds one content of a compressed layer at a time, so that it can be read at any position: in memory, or in a temporary
 * file if it is large. Close it after use.
 */
export class HeldContent {
  readonly #memory = Buffer.allocUnsafeSlow(MEMORY_BYTES);
  #directory: TemporaryDirectory | null = null;
  #file: { readonly descriptor: number; readonly path: string } | null = null;
  #size = 0;

  /** Bytes so far. */
  get size(): number {
    return this.#size;
  }

  /** Drops the content. */
  clear(): void {
    this.#size = 0;
  }

  /** Adds bytes. Throws ERR_LAYERS_WRITE_OUTPUT. */
  write(bytes: Uint8Array): void {
    const start = this.#size;
    this.#size += bytes.length;
    if (this.#size <= MEMORY_BYTES) this.#memory.set(bytes, start);
    else this.#writeFile(bytes, start);
  }

  /** Adds zeros, which take no space in a file. Throws ERR_LAYERS_WRITE_OUTPUT. */
  hole(bytes: number): void {
    const start = this.#size;
    this.#size += bytes;
    if (this.#size <= MEMORY_BYTES) this.#memory.fill(0, start, this.#size);
    else this.#writeFile(new Uint8Array(0), start);
  }

  /** Returns a copy of up to `length` bytes. Throws ERR_LAYERS_READ. */
  read(position: number, length: number): Uint8Array {
    const end = Math.min(position + length, this.#size);
    if (!(position >= 0 && end > position)) return new Uint8Array(0);
    if (this.#size <= MEMORY_BYTES) return Uint8Array.prototype.slice.call(this.#memory, position, end);
    const file = this.#opened();
    const target = new Uint8Array(end - position);
    let done = 0;
    while (done < target.length) {
      const count = reading(file.path, () =>
        readSync(file.descriptor, target, done, target.length - done, position + done),
      );
      // The zeros of a hole at the end are not in the file.
      if (count === 0) break;
      done += count;
    }
    return target;
  }

  close(): void {
    if (this.#file !== null) closeSync(this.#file.descriptor);
    this.#directory?.remove();
  }

  /** Writes bytes at a position, after the content so far where that is still in memory. */
  #writeFile(bytes: Uint8Array, start: number): void {
    const file = this.#opened();
    if (start <= MEMORY_BYTES) {
      writing(file.path, () => ftruncateSync(file.descriptor, 0));
      writeAll(file, this.#memory.subarray(0, start), 0);
    }
    writeAll(file, bytes, start);
  }

  #opened() {
    this.#directory ??= writing(tmpdir(), () => makeTemporaryDirectory());
    const path = join(this.#directory.path, 'content');
    this.#file ??= { descriptor: writing(path, () => openSync(path, 'wx+', 0o600)), path };
    return this.#file;
  }
}

function writeAll(
  { descriptor, path }: { readonly descriptor: number; readonly path: string },
  bytes: Uint8Array,
  position: number,
): void {
  for (let done = 0; done < bytes.length; ) {
    done += writing(path, () => writeSync(descriptor, bytes, done, bytes.length - done, position + done));
  }
}
