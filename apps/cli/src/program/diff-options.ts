import { type Command, InvalidArgumentError, Option } from 'commander';
import { IGNORABLE, SECTIONS } from './diff-words.js';
import { parseNumber, wholeNumber } from './options.js';

/** No layer at all, as a position: what lies below the first. */
const NO_LAYER = -1;

/** The options that `layers diff` has beyond those of commands that read an image. */
export function comparing(command: Command): Command {
  return command
    .option('--image <REF>', 'which image of A: a tag, the start of an id, or #2; of B too if it has several')
    .option('--image-b <REF>', 'which image of B')
    .option('--platform <OS/ARCH>', 'which platform of the images: os/arch[/variant]')
    .option('--platform-b <OS/ARCH>', 'which platform of B, where it is another')
    .addOption(layerOption('--layer-a', 'A'))
    .addOption(layerOption('--layer-b', 'B'))
    .addOption(listOption('--only <LIST>', 'what is compared', SECTIONS))
    .option(
      '--include <GLOB>',
      'only paths that match, or lie below one that does; can be repeated',
      gathered,
    )
    .option('--exclude <GLOB>', 'no paths that match, or lie below one that does; can be repeated', gathered)
    .option('--mtime', 'times of files count')
    .option('--hardlinks', 'which names are hard links of each other counts')
    .addOption(listOption('--ignore <LIST>', 'differences that do not count', IGNORABLE))
    .option('--reproducible', 'pass over what two honest builds of the same sources may differ in')
    .option('--verify', 'compute every digest instead of believing which layers are the same')
    .addOption(topOption())
    .option('--patch', 'print what changed inside text files, for patch -p1')
    .option('-N, --new-file', 'with --patch: files that only one image has too')
    .addOption(
      new Option('--format <FORM>', 'print the lines of docker diff')
        .choices(['docker'])
        .conflicts(['json', 'jsonl', 'patch', 'mtime', 'hardlinks', 'ignore', 'reproducible']),
    )
    .option('--bytes', 'print sizes as exact bytes');
}

function layerOption(name: string, image: string): Option {
  return new Option(
    `${name} <N>`,
    `take in only the layers of ${image} up to this position, from 0; or none`,
  ).argParser((text) =>
    text === 'none' ? NO_LAYER : parseNumber(text, 'It must be a whole number from 0, or none.'),
  );
}

function topOption(): Option {
  return new Option('--top <N>', 'how many changes to list of each kind').argParser(wholeNumber).default(20);
}

/** An option whose value is a list with commas; completion offers its words, and adds them up. */
function listOption<Word extends string>(flags: string, description: string, words: readonly Word[]): Option {
  const isWord = (text: string): text is Word => words.some((word) => word === text);
  return new Option(flags, description)
    .choices(words)
    .argParser((text: string, before: readonly Word[] = []) => {
      const parts = text.split(',');
      const wrong = parts.find((part) => !isWord(part));
      if (wrong !== undefined) {
        throw new InvalidArgumentError(`${JSON.stringify(wrong)} is none of ${words.join(', ')}.`);
      }
      return [...new Set([...before, ...parts.filter(isWord)])];
    });
}

function gathered(glob: string, before: readonly string[] = []): readonly string[] {
  return [...before, glob];
}
