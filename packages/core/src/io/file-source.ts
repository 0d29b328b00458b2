import { closeSync, openSync, readSync, statSync } from 'node:fs';
import type { OpenBytes, SourceReference, SyncByteSource } from './byte-source.js';
import { exactStatus } from './path-status.js';
import { readOnce, streamSource } from './stream-source.js';
import { reading } from './system-errors.js';

/**
 * Returns the bytes of a regular file.
 *
 * @param size in bytes, where the caller knows it
 * @throws LayersError ERR_LAYERS_READ
 */
export function fileSource(path: string, size?: number): SyncByteSource {
  return new FileSource(path, size ?? reading(path, () => statSync(path).size));
}

class FileSource implements SyncByteSource {
  readonly sync = true;
  readonly name: string;
  readonly size: number;

  constructor(path: string, size: number) {
    this.name = path;
    this.size = size;
  }

  /** A change of the owner or the permissions, or another link, leaves the bytes as they are: no `ctime`. */
  identity(): string | null {
    const stat = exactStatus(this.name);
    return stat?.isFile() === true ? `file ${stat.dev} ${stat.ino} ${stat.size} ${stat.mtimeNs}` : null;
  }

  read(target: Uint8Array, position: number): number {
    return readOnce(this, target, position);
  }

  open(): OpenBytes {
    const { name, size } = this;
    const descriptor = reading(name, () => openSync(name, 'r'));
    return {
      size,
      read(target, position) {
        const wanted = target.subarray(0, Math.max(0, Math.min(target.length, size - position)));
        return reading(name, () => readFully(descriptor, wanted, position));
      },
      close: () => closeSync(descriptor),
    };
  }

  stream(position?: number, chunkBytes?: number): AsyncGenerator<Uint8Array> {
    return streamSource(this, position, chunkBytes);
  }

  reference(): SourceReference {
    return { kind: 'file', path: this.name, size: this.size };
  }
}

/**
 * Fills `target` from a position of an open file, in bytes. Returns how many bytes it read: fewer than `target` holds
 * only at the end of the file. Throws the system's own errors.
 */
export function readFully(descriptor: number, target: Uint8Array, position: number): number {
  let filled = 0;
  while (filled < target.length) {
    const count = readSync(descriptor, target, filled, target.length - filled, position + filled);
    if (count === 0) break;
    filled += count;
  }
  return filled;
}
