import { type CommandWords, type OptionWords, parentsOf, topLevel } from './grammar.js';
import { OFFER } from './offer-word.js';

/** A script for fish: saved as `layers.fish` in a directory of completions. */
export function fishCompletion(commands: readonly CommandWords[]): string {
  const names = topLevel(commands)
    .map(({ name }) => name)
    .join(' ');
  const lines = [
    '# fish completion for layers',
    ...isCommandFunction(commands),
    ...imageFunctions(commands),
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

/** Functions of fish that offer what an image has. The image is the first word after the command that is no option or its value. */
function imageFunctions(commands: readonly CommandWords[]): string[] {
  const valued = new Set(
    commands
      .filter(({ paths, options }) => paths !== null || options.some(({ values }) => values === 'layers'))
      .flatMap(({ options }) =>
        options.filter(({ values }) => values !== null).flatMap(({ names }) => names),
      ),
  );
  return [
    'function __layers_image',
    '    set -l words (commandline -opc)',
    '    set -l previous',
    '    for word in $words[3..]',
    `        if not string match -q -- "-*" $word; and not contains -- "$previous" ${[...valued].join(' ')}`,
    '            echo $word',
    '            return',
    '        end',
    '        set previous $word',
    '    end',
    'end',
    'function __layers_in_image',
    '    set -l image (__layers_image)',
    `    and layers ${OFFER} $argv[1] "$image" (commandline -ct) 2>/dev/null`,
    'end',
  ];
}

function argumentLines({ name, argument, paths }: CommandWords, names: string): string[] {
  const condition = `-n "__layers_is ${name}"`;
  const offered = `(layers ${OFFER} names (commandline -ct) 2>/dev/null)`;
  if (argument === 'name') return [`complete -c layers ${condition} -f -a ${quoted(offered)}`];
  if (argument === 'remote') {
    return [`complete -c layers ${condition} -f -a '(layers ${OFFER} tags (commandline -ct) 2>/dev/null)'`];
  }
  if (argument === 'archive') {
    const inside = paths === null ? [] : [`complete -c layers ${condition} -a '(__layers_in_image paths)'`];
    return [`complete -c layers ${condition} -a ${quoted(offered)}`, ...inside];
  }
  const words = argument === 'command' ? names : argument.join(' ');
  return [`complete -c layers ${condition} -f -a ${quoted(words)}`];
}

function optionLine(command: string, { names, description, values, isList }: OptionWords): string {
  const parts = names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
  if (values === 'paths') parts.push('-r', '-F');
  else if (values === 'layers') parts.push('-x', '-k', "-a '(__layers_in_image layers)'");
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
