import { type CommandWords, type OptionWords, parentsOf, topLevel } from './grammar.js';

/** A script for fish: saved as `layers.fish` in a directory of completions. */
export function fishCompletion(commands: readonly CommandWords[]): string {
  const names = topLevel(commands)
    .map(({ name }) => name)
    .join(' ');
  const lines = [
    '# fish completion for layers',
    ...isCommandFunction(commands),
    'complete -c layers -n __fish_is_first_arg -f',
    'complete -c layers -n __fish_is_first_arg -s h -l help -d "print the help"',
    'complete -c layers -n __fish_is_first_arg -s V -l version -d "print the version"',
  ];
  for (const { name, description } of topLevel(commands)) {
    lines.push(`complete -c layers -n __fish_is_first_arg -a ${name} -d ${quoted(description)}`);
  }
  for (const command of commands) {
    lines.push(
      ...argumentLines(command, names),
      ...command.options.map((option) => optionLine(command.name, option)),
    );
  }
  return `${lines.join('\n')}\n`;
}

/** A function of fish that tests whether the command being typed is the one that its arguments name. */
function isCommandFunction(commands: readonly CommandWords[]): string[] {
  return [
    'function __layers_is',
    '    set -l words (commandline -opc)',
    '    set -e words[1]',
    `    if contains -- "$words[1]" ${parentsOf(commands).join(' ')}; and set -q words[2]`,
    '        test "$words[1..2]" = "$argv"',
    '    else',
    '        test "$words[1]" = "$argv"',
    '    end',
    'end',
  ];
}

function argumentLines({ name, argument }: CommandWords, names: string): string[] {
  if (argument === 'archive') return [];
  const words = argument === 'command' ? names : argument.join(' ');
  return [`complete -c layers -n "__layers_is ${name}" -f -a ${quoted(words)}`];
}

function optionLine(command: string, { names, description, values, isList }: OptionWords): string {
  const parts = names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
  if (values === 'paths') parts.push('-r', '-F');
  else if (values !== null)
    parts.push(values.length === 0 ? '-x' : `-x -a ${quoted(isList ? listOf(values) : values.join(' '))}`);
  const condition = `-n "__layers_is ${command}"`;
  return `complete -c layers ${condition} ${parts.join(' ')} -d ${quoted(description)}`;
}

/** Returns the command by which fish completes a comma-separated list. */
function listOf(values: readonly string[]): string {
  return `(__fish_complete_list , 'string split " " "${values.join(' ')}"')`;
}

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}
