import { createSparseExpander, type TarEntry } from '@layers/tar';

/** Receives the content of a file. */
export interface ContentSink {
  write(bytes: Uint8Array): void;
  /** Receives the length of a hole of a sparse file. Without it, `write` receives zeros. */
  hole?(bytes: number): void;
  end(): void;
}

/** Sees what passes while a layer is read for its index, so that it need not be decompressed once more. */
export interface LayerObserver {
  /** Receives the uncompressed bytes, as views that are valid during the call. */
  onTar?(bytes: Uint8Array): void;
  /**
   * Returns where the content of a regular file goes; null where it is not wanted.
   *
   * @param entry its index in the changeset, where another kind can still become its own
   */
  openContent?(entry: number, file: TarEntry): ContentSink | null;
}

/** Returns where the stored bytes of a file go, so that a sink receives its content. */
export function contentInto(
  { size, sparse, storedSize, dataOffset }: TarEntry,
  sink: ContentSink,
): Pick<ContentSink, 'write' | 'end'> {
  const layout = { size, sparse, storedSize, dataOffset };
  const expander = createSparseExpander(layout, (bytes) => sink.write(bytes), sink.hole?.bind(sink));
  return {
    write: (bytes) => expander.write(bytes),
    end() {
      expander.end();
      sink.end();
    },
  };
}
