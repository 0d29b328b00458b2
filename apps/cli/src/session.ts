import type { FormatRequest } from './template/format-request.js';

/** What a command works with besides its arguments; tests pass their own. */
export interface Session {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** How the user called the command, if not as `layers`. */
  readonly commandName?: string;
  /** Runs something during which Ctrl-C is for another program on the terminal. */
  readonly leaveKeyboard?: <Result>(use: () => Promise<Result>) => Promise<Result>;
}

/** The options that every command has. */
export interface CommonFlags {
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly progress?: boolean;
  readonly color?: 'auto' | 'always' | 'never';
}

/** How a registry is reached. */
export interface RegistryAccess {
  readonly authfile?: string;
  readonly insecure?: boolean;
  readonly certDir?: string;
  readonly mirror?: readonly string[];
}

/** The options of commands that read an image. */
export interface ImageFlags extends CommonFlags, RegistryAccess {
  readonly image?: string;
  readonly platform?: string;
  readonly allPlatforms?: boolean;
  readonly bytes?: boolean;
  readonly jsonl?: boolean;
  readonly trunc?: boolean;
  /** A template, or a word that the command itself understands. */
  readonly format?: FormatRequest | string;
  /** False for no cache of indexes. */
  readonly cache?: boolean;
}
