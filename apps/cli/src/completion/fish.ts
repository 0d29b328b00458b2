import type { CommandWords, OptionWords } from './grammar.js';

/** A script for fish: saved as `layers.fish` in a folder of completions. */
export function fishCompletion(commands: readonly CommandWords[]): string {
  const names = commands.map(({ name }) => name).join(' ');
  const lines = [
    '# fish completion for layers',
    `complete -c layers -n "not __fish_seen_subcommand_from ${names}" -f`,
    'complete -c layers -n __fish_is_first_arg -s h -l help -d "print the help"',
    'complete -c layers -n __fish_is_first_arg -s V -l version -d "print the version"',
  ];
  for (const command of commands) {
    lines.push(
      `complete -c layers -n "not __fish_seen_subcommand_from ${names}" -a ${command.name} -d ${quoted(command.description)}`,
      ...argumentLines(command, names),
      ...command.options.map((option) => optionLine(command.name, option)),
    );
  }
  return `${lines.join('\n')}\n`;
}

function argumentLines({ name, argument }: CommandWords, names: string): string[] {
  if (argument === 'archive') return [];
  const words = argument === 'command' ? names : argument.join(' ');
  return [`complete -c layers -n "__fish_seen_subcommand_from ${name}" -f -a ${quoted(words)}`];
}

function optionLine(command: string, { names, description, values, isList }: OptionWords): string {
  const parts = names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
  if (values === 'paths') parts.push('-r', '-F');
  else if (values !== null)
    parts.push(values.length === 0 ? '-x' : `-x -a ${quoted(isList ? listOf(values) : values.join(' '))}`);
  const condition = `-n "__fish_seen_subcommand_from ${command}"`;
  return `complete -c layers ${condition} ${parts.join(' ')} -d ${quoted(description)}`;
}

/** What fish runs to offer one word after the other with commas between them. */
function listOf(values: readonly string[]): string {
  return `(__fish_complete_list , 'string split " " "${values.join(' ')}"')`;
}

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}
