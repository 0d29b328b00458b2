/** Turns names, numbers and times into text that is safe to show. The package knows nothing of terminals. */
export interface Format {
  /** Escapes the bytes of a name. */
  readonly name: (bytes: Uint8Array) => string;
  /** Escapes text of an image. */
  readonly text: (text: string) => string;
  /** Escapes an instruction, and makes it one short line. */
  readonly instruction: (text: string) => string;
  /** Returns the columns that text takes. */
  readonly width: (text: string) => number;
  /** Truncates the end of text to a number of columns. */
  readonly cutEnd: (text: string, width: number) => string;
  /** Truncates the middle. */
  readonly cutMiddle: (text: string, width: number) => string;
  readonly bytes: (bytes: number) => string;
  readonly share: (share: number) => string;
  /** Formats seconds since 1970. */
  readonly time: (seconds: number) => string;
  /** Formats type and permissions, such as `-rw-r--r--`. */
  readonly mode: (type: NodeType, mode: number) => string;
  /** Whether characters beyond ASCII are shown. */
  readonly unicode: boolean;
}

/** The type of a path. */
export type NodeType = 'file' | 'symlink' | 'char' | 'block' | 'directory' | 'fifo';
