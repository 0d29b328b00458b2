import { describe, expect, it } from 'vitest';
import { calledAs } from '../../src/output/called-as.ts';

const COMMANDS = ['inspect', 'list', 'load', 'pull-cost'];
const asPlugin = (text: string): string => calledAs(text, 'docker layers', COMMANDS);

describe('a text for the user', () => {
  it('stays where the command was called as layers', () => {
    expect(calledAs('layers inspect IMAGE', 'layers', COMMANDS)).toBe('layers inspect IMAGE');
  });

  it.each([
    ['hint: layers inspect IMAGE', 'hint: docker layers inspect IMAGE'],
    ['docker save app | layers load', 'docker save app | docker layers load'],
    ['layers --help lists the commands', 'docker layers --help lists the commands'],
    ['layers pull-cost A B; (layers list …)', 'docker layers pull-cost A B; (docker layers list …)'],
    ["'layers COMMAND'", "'docker layers COMMAND'"],
  ])('names the plugin in %s', (text, expected) => {
    expect(asPlugin(text)).toBe(expected);
  });

  it.each([
    'Usage: docker layers inspect',
    'the image has 5 layers inspect',
    'these layers are shown',
    'a bug in layers: report it',
    '/opt/layers inspect',
    '@layers inspect',
    'layers inspection',
    'layers list.tar',
  ])('leaves %s', (text) => {
    expect(asPlugin(text)).toBe(text);
  });
});
