import { describe, expect, it } from 'vitest';
import { dockerAnswer } from '../../src/completion/docker.ts';
import { grammarOf } from '../../src/completion/grammar.ts';
import { createProgram } from '../../src/program/program.ts';

const { stdin, stdout, stderr } = process;
const session = { env: {}, stdin, stdout, stderr, signal: new AbortController().signal };
const commands = grammarOf(createProgram(session, () => {}));
const answer = (...words: readonly string[]) => dockerAnswer(words, commands);
const words = (...typed: readonly string[]): string[] =>
  answer(...typed).lines.map((line) => line.split('\t')[0] ?? '');

describe("an answer for docker's completion", () => {
  it('has commands with descriptions', () => {
    expect(answer('wa')).toEqual({
      lines: ['waste\tList wasted files, with the layers that stored and removed them'],
      files: false,
      names: false,
    });
    expect(words('')).toContain('inspect');
    expect(words('help', 'ver')).toEqual(['verify']);
    expect(words('image', 'inspe')).toEqual(['inspect']);
  });

  it('has options, and their values', () => {
    expect(words('ls', '--lay')).toEqual(['--layer']);
    expect(words('image', 'ls', '--dig')).toEqual(['--digests']);
    expect(words('inspect', '--color', '')).toEqual(['auto', 'always', 'never']);
    expect(words('inspect', '--color=al')).toEqual(['--color=always']);
    expect(words('diff', '--ignore', 'mtime,layer')).toEqual(['mtime,layer-bytes', 'mtime,layers']);
    expect(words('completion', 'b')).toEqual(['bash']);
    expect(words('ls', '--layer', '')).toEqual([]);
  });

  it('leaves files to the shell, and has names where images are expected', () => {
    expect(answer('inspect', 'app')).toEqual({ lines: [], files: true, names: true });
    expect(answer('squash', 'app.tar', '-o', 'o')).toEqual({ lines: [], files: true, names: false });
    expect(answer('rmi', 'a')).toEqual({ lines: [], files: false, names: true });
    expect(answer('tags', 'a')).toEqual({ lines: [], files: false, names: false });
  });
});
