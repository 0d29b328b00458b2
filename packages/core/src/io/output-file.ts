/** A file that is being written. */
export interface OutputFile {
  /** Appends; once this resolves, the caller may use the memory of the chunk for something else. */
  write(chunk: Uint8Array): Promise<void>;
  /**
   * Writes at a position in bytes, beside what `write` appends; the chunk is in use until this resolves. Null for pipes
   * and devices.
   */
  readonly writeAt: ((chunk: Uint8Array, position: number) => Promise<void>) | null;
}

export interface OutputFileOptions {
  /** Whether the file may take the place of another one. */
  readonly force: boolean;
  readonly signal?: AbortSignal | undefined;
}
