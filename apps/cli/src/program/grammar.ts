import type { Command } from 'commander';
import type { ExitStatus } from '../exit-status.js';
import type { Session } from './session.js';

/** What the commands of a group are added to. */
export interface Grammar {
  readonly program: Command;
  /** Adds a command with its summary and examples. */
  command(name: string, summary: string, examples: readonly string[]): Command;
  readonly session: Session;
  /** Hears what a command ended with. */
  onStatus(status: ExitStatus): void;
}

/** Commands that stand together in the help. */
export interface CommandGroup {
  readonly title: string;
  /** By name: what adds the command. */
  readonly commands: Readonly<Record<string, (grammar: Grammar) => void>>;
}

/** What an image may be named by. */
export const IMAGE_TEXT =
  'an archive, an OCI layout, - for standard input, a name or id in the store, or docker-archive:, oci-archive:, oci:, docker-daemon:';
