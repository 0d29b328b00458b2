import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { ExitStatus } from '../../src/exit-status.ts';
import { columnsOf } from '../../src/output/terminal-size.ts';
import { HELP_COLUMNS } from '../../src/program/help.ts';
import { createProgram, GROUPS } from '../../src/program/program.ts';
import type { Session } from '../../src/session.ts';

const { stdin, stdout, stderr } = process;
const session: Session = {
  env: { COLUMNS: '200' },
  stdin,
  stdout,
  stderr,
  signal: new AbortController().signal,
};
const records = GROUPS.flatMap(({ commands }) => commands);

/** The help of one command, such as `image ls`, or of the program, as it is printed. */
function helpOf(name?: string): string {
  let text = '';
  let command: Command | undefined = createProgram(session, () => {});
  for (const word of name?.split(' ') ?? []) {
    command = command?.commands.find((each) => each.name() === word);
  }
  command?.configureOutput({ writeOut: (piece) => (text += piece) }).outputHelp();
  return text;
}

/** Words that no help line starts with, because its first word is a verb. */
const NOT_A_VERB = /^(?:A|An|The|What|Which|Where|How|Whether|Every|All|With|No|Of|By)\b/i;

describe('the help', () => {
  it('is narrower than a wide terminal', () => {
    expect(columnsOf(session.env, stdout)).toBeGreaterThan(HELP_COLUMNS);
  });

  it('groups the commands', () => {
    const headings = helpOf().match(/^\S.*:$/gm);
    expect(headings?.map((heading) => heading.replace(/ \(.*/, '').replace(':', ''))).toEqual([
      'Options',
      'Understand',
      'Change',
      'Move',
      'Local store',
      'Registries',
      'Many images',
      'Machine',
      'IMAGE is one of',
      'Examples',
      'Exit status',
      'Environment',
    ]);
  });

  it.each([undefined, ...records.map(({ name }) => name), 'image', 'image prune'])(
    'of %s fits in 80 columns',
    (name) => {
      expect(
        helpOf(name)
          .split('\n')
          .filter((line) => line.length > HELP_COLUMNS),
      ).toEqual([]);
    },
  );

  it.each(records)('of $name begins with verbs, and repeats no choices', ({ name, summary, options }) => {
    for (const line of [summary, ...options.map((option) => option.summary)]) {
      expect(line).not.toMatch(NOT_A_VERB);
    }
    expect(summary).toMatch(/^[A-Z].*[^.]$/);
    expect(helpOf(name)).not.toMatch(/\(choices:|default: "/);
  });

  it.each(records)('of $name names every choice in the summary', (record) => {
    for (const { summary, choices = [] } of [...record.options, ...record.arguments]) {
      for (const choice of choices) expect(summary).toContain(choice);
    }
  });

  it.each(records)(
    'of $name has the general options and the statuses last',
    ({ name, options, statuses }) => {
      const text = helpOf(name);
      const own = text.indexOf('\nOptions:\n');
      const general = text.indexOf('\nGlobal options:\n');
      expect(general).toBeGreaterThan(own);
      expect(own > 0).toBe(options.length > 0);
      for (const { flags } of options) expect(text.slice(own, general)).toContain(`  ${flags}`);
      const listed = [...text.slice(text.indexOf('Exit status:')).matchAll(/^ {2}(\d+) /gm)].map(
        ([, status]) => status,
      );
      const every = [
        ExitStatus.done,
        ExitStatus.usage,
        ExitStatus.output,
        ExitStatus.internal,
        ExitStatus.interrupted,
      ];
      const expected = [...new Set([...every, ...Object.keys(statuses).map(Number)])].sort((a, b) => a - b);
      expect(listed).toEqual(expected.map(String));
    },
  );
});
