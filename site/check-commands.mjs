// Prints each command line of the pages, in blocks, tables and text, that names a command or an option that does not exist.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../scripts/setup.mjs';
import { writtenPages } from './pages.mjs';
import { loadRecords } from './records.mjs';

/** Options of every command that no record has. */
const EVERYWHERE = ['-h', '--help', '-V', '--version'];

/** Returns the options of each command, with the names that other tools give them. */
export function optionsOf({ GROUPS, globalOptions }) {
  const namesOf = ({ flags, otherNames = [] }) =>
    [flags, ...otherNames].flatMap((words) => words.match(/(?<![\w-])--?[a-zA-Z][\w-]*/g) ?? []);
  const records = GROUPS.flatMap(({ commands }) => commands);
  const every = (record) => [...record.options, ...globalOptions(record.global)].flatMap(namesOf);
  return new Map(records.map((record) => [record.name, new Set([...every(record), ...EVERYWHERE])]));
}

/** Yields the code of a page: blocks, indented blocks and words in text. */
function* codeOf(markdown) {
  for (const [, language, block = ''] of markdown.matchAll(/^```(sh|console)\n([\s\S]*?)^```$/gm)) {
    const lines = block.split('\n');
    // The other lines of a console are output.
    yield* language === 'sh'
      ? lines
      : lines.filter((line) => line.startsWith('$ ')).map((line) => line.slice(2));
  }
  // Commands in descriptions of jobs, and in arguments of other commands.
  for (const [, block = ''] of markdown.matchAll(/^```(?:yaml|bash)\n([\s\S]*?)^```$/gm))
    for (const [line] of block.matchAll(/(?<![\w./-])(?:npx layers-cli|layers) [a-z].*/g))
      yield line.replace('npx layers-cli', 'layers').replace(/'$/, '');
  const text = markdown.replaceAll(/^```[\s\S]*?^```$/gm, '');
  yield* text.split('\n').flatMap((line) => /^ {4}(\S.*)/.exec(line)?.[1] ?? []);
  for (const [, words = ''] of text.matchAll(/`([^`\n]+)`/g)) yield words.replaceAll('\\|', '|');
}

/** Returns what is wrong with the command lines of a page. */
export function wrongCommands(file, markdown, options) {
  const problems = [];
  for (const code of codeOf(markdown)) {
    const plain = code.replaceAll(/'[^']*'|"[^"]*"/g, 'TEXT').replace(/ # .*| {2,}#.*/, '');
    for (const [, name = '', words = ''] of plain.matchAll(
      /(?:^|[|(;&]\s*|[A-Z]=\S* )layers ([a-z][a-z-]*)([^|;&)>]*)/g,
    )) {
      const known = options.get(name);
      if (known === undefined && !['image', 'help'].includes(name))
        problems.push(`${file}: layers ${name}${words.trimEnd()}`);
      for (const option of words.match(/(?<= )--?[a-zA-Z][\w-]*/g) ?? [])
        if (known !== undefined && !known.has(option) && !isJoined(option, known))
          problems.push(`${file}: layers ${name} ${option}`);
    }
  }
  return problems;
}

/** Whether it is several short options in one word, such as `-lR`. */
const isJoined = (option, known) =>
  /^-[a-zA-Z]+$/.test(option) && [...option.slice(1)].every((letter) => known.has(`-${letter}`));

if (process.argv[1] === import.meta.filename) {
  const options = optionsOf(await loadRecords(join(root, 'site/build/check')));
  const pages = writtenPages().map(({ file }) => file);
  // What changed once is written with the names of its time; decisions name what was not taken, and one page a
  // command that is added.
  const checked = [
    'README.md',
    ...pages.filter((file) => !/CHANGELOG|docs\/decisions|add-a-command/.test(file)),
  ];
  for (const file of checked)
    for (const problem of wrongCommands(file, readFileSync(join(root, file), 'utf8'), options))
      console.log(problem);
}
