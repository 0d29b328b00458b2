import { execList, isShellForm, NO_ARGUMENT, shellLines } from './quote.js';
import type { Builder } from './recorded-step.js';
import { jsonWords } from './word-list.js';

/** A command as a builder recorded it, without build arguments. */
export interface RecordedCommand {
  readonly text: string;
  readonly builder: Builder;
  /** The shell that SHELL set, or the default one. */
  readonly shell: readonly string[];
  readonly defaultShell: readonly string[];
  /** Whether buildah recorded it, which names `/bin/sh -c` whatever SHELL sets, and keeps the list of the exec form. */
  readonly isBuildah: boolean;
  /** The command of the config: a container that was committed ran it. */
  readonly cmd: readonly string[] | null;
}

/** Lines of a RUN with what to know about them; null where the history lacks the command. */
export type RunLines = { readonly lines: readonly string[]; readonly note: string | null } | null;

/** Returns the RUN of a command. Builders execute the same words, and record the same text. */
export function runLines(command: RecordedCommand, escapeChar: string): RunLines {
  const { text, builder, shell, defaultShell, isBuildah } = command;
  if (NO_ARGUMENT.test(text)) return null;
  if (builder === 'source') return { lines: sourceLines(text, shell, escapeChar), note: null };
  const script = [shell, defaultShell].find((each) => text.startsWith(`${each.join(' ')} `));
  if (script === undefined) return execLines(text, command.cmd, escapeChar);
  const line = text.slice(script.join(' ').length + 1);
  const words = isBuildah ? jsonWords(line) : null;
  if (words !== null) return { lines: [`RUN ${execList(words, escapeChar)}`], note: null };
  const isShell = script === shell || isBuildah;
  if (isShell && isShellForm(line, escapeChar))
    return { lines: shellLines(`RUN ${line}`, escapeChar), note: null };
  return { lines: [`RUN ${execList([...(isBuildah ? shell : script), line], escapeChar)}`], note: null };
}

/** The text of a Dockerfile, with flags such as `--mount`. */
function sourceLines(text: string, shell: readonly string[], escapeChar: string): string[] {
  const [flags = ''] = /^(?:--[a-z]+(?:=\S*)? +)*/.exec(text) ?? [];
  const command = text.slice(flags.length).trim();
  const words = jsonWords(command);
  if (words !== null) return [`RUN ${flags}${execList(words, escapeChar)}`];
  if (isShellForm(command, escapeChar) && !/["$\\]/.test(flags))
    return shellLines(`RUN ${flags}${command}`, escapeChar);
  return [`RUN ${execList([...shell, command], escapeChar)}`];
}

/** Where BuildKit puts the script of a here-document that names its interpreter. */
const SCRIPT = '/dev/pipes/';

/** A shell of the user with the option for a script, which is one word. */
const SHELL_SCRIPT = /^((?:\S*\/)?(?:ash|bash|dash|ksh|sh|zsh)) (-[a-z]*c) (.*)$/s;

/** Exec form is recorded without the borders of its words. */
function execLines(text: string, cmd: readonly string[] | null, escapeChar: string): RunLines {
  if (text.startsWith(SCRIPT)) return null;
  if (cmd?.join(' ') === text) return { lines: [`RUN ${execList(cmd, escapeChar)}`], note: null };
  const [, shell, option, script] = SHELL_SCRIPT.exec(text) ?? [];
  const words =
    shell !== undefined && option !== undefined && script !== undefined
      ? [shell, option, script]
      : text.split(' ').filter((word) => word !== '');
  if (words.length === 0) return null;
  const note =
    words.length === 1 ? null : 'Exec form: the history does not show which spaces are inside of words.';
  return { lines: [`RUN ${execList(words, escapeChar)}`], note };
}
