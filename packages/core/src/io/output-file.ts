/** A file that is being written. */
export interface OutputFile {
  /** Appends a chunk. Once this resolves, the caller may use its memory again. */
  write(chunk: Uint8Array): Promise<void>;
  /**
   * Writes at a position in bytes, independently of `write`, before it returns. Null for pipes and devices.
   */
  readonly writeAt: ((chunk: Uint8Array, position: number) => void) | null;
  /** Removes what was written after so many bytes. Null where `writeAt` is. */
  readonly truncate: ((bytes: number) => void) | null;
}

export interface OutputFileOptions {
  /** Whether to replace an existing file. */
  readonly force: boolean;
  readonly signal?: AbortSignal | undefined;
}
