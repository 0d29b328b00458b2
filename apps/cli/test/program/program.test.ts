import { describe, expect, it } from 'vitest';
import { createProgram } from '../../src/program/program.ts';
import type { Session } from '../../src/session.ts';

const { stdin, stdout, stderr } = process;
const session: Session = { env: {}, stdin, stdout, stderr, signal: new AbortController().signal };
const programFor = (first?: string) => createProgram(session, () => {}, first);
const whole = programFor();

describe('the program for a command line', () => {
  it.each(whole.commands.map((command) => [command.name(), command] as const))(
    'describes %s like the program with all commands',
    (name, command) => {
      const alone = programFor(name).commands.find((each) => each.name() === name);
      expect(alone?.helpInformation()).toBe(command.helpInformation());
      expect(alone?.options.map(({ flags }) => flags)).toEqual(command.options.map(({ flags }) => flags));
    },
  );

  it.each(['inspct', '--help', 'help', '__proto__', 'constructor'])(
    'has all commands if the first word is %s',
    (first) => {
      expect(programFor(first).commands.map((command) => command.name())).toEqual(
        whole.commands.map((command) => command.name()),
      );
    },
  );

  it('omits other commands if the first word is a command', () => {
    expect(programFor('inspect').commands.map((command) => command.name())).toEqual(['inspect']);
  });
});
