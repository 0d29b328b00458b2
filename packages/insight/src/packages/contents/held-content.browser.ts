/** What workers alone have: it waits for the bytes. */
declare class FileReaderSync {
  readAsArrayBuffer(blob: Blob): ArrayBuffer;
}

const PIECE_BYTES = 4 * 2 ** 20;

/**
 * Holds one content of a compressed layer at a time, so that it can be read at any position: in Blobs of one size, which
 * the browser keeps on disk if they are large. Only workers can read them.
 */
export class HeldContent {
  /** The whole pieces, by number. One that is missing has zeros only. */
  readonly #pieces = new Map<number, Blob>();
  /** What follows the whole pieces. */
  readonly #last = new Uint8Array(PIECE_BYTES);
  #size = 0;
  /** The piece that was read last: reads are close to each other. */
  #read: { readonly piece: number; readonly bytes: Uint8Array } | null = null;

  /** Bytes so far. */
  get size(): number {
    return this.#size;
  }

  /** Drops the content. */
  clear(): void {
    this.#pieces.clear();
    this.#size = 0;
    this.#read = null;
  }

  /** Adds bytes. */
  write(bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length; ) {
      const at = this.#size % PIECE_BYTES;
      const part = bytes.subarray(done, done + PIECE_BYTES - at);
      this.#last.set(part, at);
      done += part.length;
      this.#grow(part.length);
    }
  }

  /** Adds zeros: whole pieces of them take no space. */
  hole(bytes: number): void {
    const at = this.#size % PIECE_BYTES;
    const inLast = at === 0 ? 0 : Math.min(bytes, PIECE_BYTES - at);
    this.#last.fill(0, at, at + inLast);
    this.#grow(inLast);
    this.#size += bytes - inLast;
    if (bytes > inLast) this.#last.fill(0, 0, this.#size % PIECE_BYTES);
  }

  /** Returns a copy of up to `length` bytes. */
  read(position: number, length: number): Uint8Array {
    const end = Math.min(position + length, this.#size);
    if (!(position >= 0 && end > position)) return new Uint8Array(0);
    const target = new Uint8Array(end - position);
    for (let at = position; at < end; ) {
      const piece = Math.floor(at / PIECE_BYTES);
      const start = at - piece * PIECE_BYTES;
      const part = this.#piece(piece).subarray(start, start + end - at);
      target.set(part, at - position);
      at += part.length;
    }
    return target;
  }

  close(): void {
    this.clear();
  }

  #grow(bytes: number): void {
    this.#size += bytes;
    if (bytes > 0 && this.#size % PIECE_BYTES === 0)
      this.#pieces.set(this.#size / PIECE_BYTES - 1, new Blob([this.#last]));
  }

  #piece(piece: number): Uint8Array {
    if (piece === Math.floor(this.#size / PIECE_BYTES)) return this.#last;
    if (this.#read?.piece !== piece) this.#read = { piece, bytes: this.#bytesOf(piece) };
    return this.#read.bytes;
  }

  #bytesOf(piece: number): Uint8Array {
    const blob = this.#pieces.get(piece);
    if (blob === undefined) return new Uint8Array(PIECE_BYTES);
    return new Uint8Array(new FileReaderSync().readAsArrayBuffer(blob));
  }
}
