import { layers } from '@layers/testing/command';
import { describe, expect, it } from 'vitest';
import { createProgram, GROUPS } from '../../src/program/program.ts';
import type { Session } from '../../src/session.ts';

const { stdin, stdout, stderr } = process;
const session: Session = { env: {}, stdin, stdout, stderr, signal: new AbortController().signal };
const program = createProgram(session, () => {});
const image = program.commands.find((command) => command.name() === 'image');
const names = GROUPS.flatMap(({ commands }) =>
  commands.flatMap(({ name, imageNames = [] }) => imageNames.map((imageName) => [imageName, name])),
);

describe('the names of docker below image', () => {
  it.each(names)('image %s has the arguments and options of %s', (imageName, name) => {
    const alias = image?.commands.find((command) => command.name() === imageName);
    const ours = program.commands.find((command) => command.name() === name);
    expect(alias?.options.map(({ flags }) => flags)).toEqual(ours?.options.map(({ flags }) => flags));
    expect(alias?.registeredArguments.map((each) => each.name())).toEqual(
      ours?.registeredArguments.map((each) => each.name()),
    );
  });

  it('run the same commands', () => {
    expect(layers(['image', 'ls', '-q'])).toEqual(layers(['images', '-q']));
    expect(layers(['image', 'inspect', 'examples/demo.tar', '--json'])).toEqual(
      layers(['inspect', 'examples/demo.tar', '--json']),
    );
    expect(layers(['image', 'rm', 'no-such-name'])).toEqual(layers(['rmi', 'no-such-name']));
  });

  it('are listed and explained', () => {
    expect(layers(['image', '--help']).stdout).toMatch(/^ {2}rm .*\n {2}remove /m);
    expect(layers(['help', 'image', 'ls']).stdout).toBe(layers(['image', 'ls', '--help']).stdout);
    expect(layers(['image', 'ls', '--help']).stdout).toMatch(/^Usage: layers image ls /);
  });

  it.each([
    [['image', 'lss'], "unknown command 'lss'", /^hint: did you mean ls\?$/im],
    [['image', 'frobnicate'], "unknown command 'frobnicate'", /layers image --help lists/],
    [['image', 'search', 'app'], "unknown command 'search'", /does not search registries/],
    [['image', 'ls', '--foo'], "unknown option '--foo'", /layers image ls --help/],
    [['image', '--foo'], "unknown option '--foo'", /layers image --help/],
  ])('%j is refused with a hint', (args, message, hint) => {
    const { status, stderr: text } = layers(args);
    expect([status, text.split(' [')[0]]).toEqual([2, `error: ${message}`]);
    expect(text).toMatch(hint);
  });
});
