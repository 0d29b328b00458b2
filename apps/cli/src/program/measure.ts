import { InvalidArgumentError, Option } from 'commander';
import { type CommandGroup, type Grammar, IMAGE_TEXT } from './grammar.js';
import { common, noTrunc, selecting, wholeNumber, withOptions } from './options.js';

/** The command that measures. */
export const MEASURING: CommandGroup = { title: 'Measure:', commands: { bench: addBench } };

function addBench({ command, session, onStatus }: Grammar): void {
  withOptions(
    command('bench', 'How fast this machine reads, inflates, hashes, walks and extracts this image', [
      'layers bench app.tar',
      'layers bench --no-extract --runs 1 app.tar',
      "layers bench --json app.tar | jq '.stages[] | {stage, seconds, ofLimit}'",
    ])
      .argument('<IMAGE>', IMAGE_TEXT)
      .addOption(
        new Option('--runs <N>', 'how often each stage is run; the fastest run counts')
          .argParser(runs)
          .default(10),
      )
      .addOption(
        new Option('--max-seconds <N>', 'nothing is run again once its runs took so many seconds together')
          .argParser(wholeNumber)
          .default(5),
      )
      .option('--no-extract', 'write nothing to the folder for temporary files ($TMPDIR)'),
    selecting,
    noTrunc,
    common,
  ).action(async (name, flags) => {
    const { bench } = await import('../commands/bench.js');
    onStatus(await bench(name, flags, session));
  });
}

function runs(text: string): number {
  const number = wholeNumber(text);
  if (number < 1) throw new InvalidArgumentError('It must be a whole number from 1.');
  return number;
}
