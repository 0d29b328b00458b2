import { type CommandWords, type OptionWords, topLevel } from './grammar.js';

/** Answers for docker's completion, in the protocol of its library. */
export interface DockerAnswer {
  /** What can follow: words, and after a tab their descriptions. */
  readonly lines: readonly string[];
  /** Whether names of files can follow, too. */
  readonly files: boolean;
  /** Whether names in the store can follow, too. */
  readonly names: boolean;
}

/** Returns what can follow the words of a command line. The last one is being typed. */
export function dockerAnswer(words: readonly string[], commands: readonly CommandWords[]): DockerAnswer {
  const typed = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  const command = commandOf(before, commands);
  if (command === undefined)
    return answer(topLevel(commands).map(({ name, description }) => [name, description]));
  const last = before.at(-1) ?? '';
  const [assigned, value] =
    typed.startsWith('--') && typed.includes('=') ? typed.split(/=(.*)/s) : [last, undefined];
  const option = command.options.find(
    ({ names, values }) => values !== null && names.includes(assigned ?? ''),
  );
  if (option !== undefined)
    return valuesOf(option, value === undefined ? typed : value, value === undefined ? '' : `${assigned}=`);
  if (typed.startsWith('-')) {
    return answer(
      command.options.flatMap(({ names, description }) => names.map((name) => [name, description])),
    );
  }
  const { argument } = command;
  if (argument === 'archive') return { lines: [], files: true, names: true };
  if (argument === 'name') return { lines: [], files: false, names: true };
  if (argument === 'remote') return { lines: [], files: false, names: false };
  if (argument === 'command')
    return answer(topLevel(commands).map(({ name, description }) => [name, description]));
  return answer(argument.map((word) => [word, '']));

  function answer(all: readonly (readonly [word: string, description: string])[]): DockerAnswer {
    const lines = all
      .filter(([word]) => word.startsWith(typed))
      .map(([word, description]) =>
        description === '' ? word : `${word}\t${description.replaceAll(/\s/g, ' ')}`,
      );
    return { lines, files: false, names: false };
  }
}

function commandOf(before: readonly string[], commands: readonly CommandWords[]): CommandWords | undefined {
  const words = before.filter((word) => !word.startsWith('-'));
  const two = commands.find(({ name }) => name === words.slice(0, 2).join(' '));
  return two ?? commands.find(({ name }) => name === words[0]);
}

/** The values of an option. Of a list, the words before the last comma stay. */
function valuesOf({ values, isList }: OptionWords, typed: string, prefix: string): DockerAnswer {
  if (values === 'layers') return { lines: [], files: false, names: false };
  if (values === 'paths' || values === null) return { lines: [], files: true, names: false };
  const chosen = isList ? typed.slice(0, typed.lastIndexOf(',') + 1) : '';
  const lines = values
    .map((value) => `${prefix}${chosen}${value}`)
    .filter((word) => word.startsWith(`${prefix}${typed}`));
  return { lines, files: false, names: false };
}
