import type { SeekableBytes } from '@layers/tar';

/**
 * Bytes of a known size that can be read as often as needed, from any position: a file, memory, a part of another source,
 * or a file on a server. No file stays open between reads.
 */
export type ByteSource = SyncByteSource | AsyncByteSource;

/** A source that is read without waiting, such as a file. Archives and layers are walked in place. */
export interface SyncByteSource extends SourceFacts {
  readonly sync: true;
  /**
   * Reads bytes from a position into `target`. Returns how many: fewer than `target` holds only at the end.
   *
   * @throws LayersError ERR_LAYERS_READ
   */
  read(target: Uint8Array, position: number): number;
  /**
   * Opens the source for many reads.
   *
   * @throws LayersError ERR_LAYERS_READ
   */
  open(): OpenBytes;
  /** Returns what another thread needs to open the same bytes; null where only this thread can read them. */
  reference(): SourceReference | null;
}

/** A source that must be waited for, such as a file on a server. Archives are read from start to end, as from a pipe. */
export interface AsyncByteSource extends SourceFacts {
  readonly sync: false;
  /**
   * Reads bytes from a position into `target`. Resolves to how many: fewer than `target` holds only at the end.
   *
   * @throws LayersError ERR_LAYERS_READ, and other errors of the server
   */
  read(target: Uint8Array, position: number): Promise<number>;
}

/** What every source has. */
export interface SourceFacts {
  /** The path or name for messages. */
  readonly name: string;
  /** Size in bytes. */
  readonly size: number;
  /**
   * Returns a text that changes when the bytes change: their digest where it is known, or the state of a file. Null where
   * nothing is known, or the file no longer exists.
   */
  identity(): string | null;
  /**
   * Reads from a position to the end. Chunks are views that hold until the next step. Ends early where a file became
   * shorter.
   *
   * @param position default: 0, the first byte
   * @param chunkBytes the most bytes of a chunk; default: 256 KiB
   * @throws LayersError ERR_LAYERS_READ
   */
  stream(position?: number, chunkBytes?: number): AsyncGenerator<Uint8Array>;
}

/** A source that is open for reading. */
export interface OpenBytes extends SeekableBytes {
  close(): void;
}

/** A source as plain data, which can be sent to another thread. See `openReference`. */
export type SourceReference =
  | { readonly kind: 'file'; readonly path: string; readonly size: number }
  | {
      readonly kind: 'range';
      readonly of: SourceReference;
      /** Position of the first byte. */
      readonly offset: number;
      /** Length in bytes. */
      readonly length: number;
    }
  | { readonly kind: 'memory'; readonly name: string; readonly bytes: Uint8Array }
  | {
      readonly kind: 'inflated';
      /** The compressed bytes. */
      readonly of: SourceReference;
      /** What `encodeIndex` returned. */
      readonly index: Uint8Array;
    };
