import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { describe, expect, it } from 'vitest';
import { GROUPS } from '../src/program/program.ts';

const dist = new URL('../dist/', import.meta.url);
const main = readFileSync(new URL('main.cjs', dist), 'utf8');

describe('--version', () => {
  it('is printed without loading anything but modules of Node', () => {
    const required = [...main.matchAll(/\b(?:require|import)\(["']([^"']+)["']\)/g)].map(
      ([, name = '']) => name,
    );
    const foreign = required.filter((name) => !builtinModules.includes(name.replace(/^node:/, '')));
    expect(foreign).toEqual([]);
    expect(main.indexOf('"--version"')).toBeLessThan(main.indexOf('./commands-'));
    expect(main.length).toBeLessThan(10_000);
  });
});

describe('the bundles', () => {
  const files = readdirSync(dist).filter((name) => name.startsWith('commands-'));
  const commands = GROUPS.flatMap((group) => group.commands.map(({ name }) => name));
  /** The commands whose code a bundle has: the code of others would be required. */
  const commandsOf = (file: string) => {
    const text = readFileSync(new URL(file, dist), 'utf8');
    const absent = [...text.matchAll(/\brequire\("\.\.\/\.\.\/commands\/([a-z-]+)\.js"\)/g)].map(
      ([, name]) => name,
    );
    return commands.filter((name) => !absent.includes(name));
  };

  it('of all commands has their code', () => {
    expect(files).toContain('commands-all.cjs');
    expect(commandsOf('commands-all.cjs')).toEqual(commands);
  });

  it.each(files.filter((file) => file !== 'commands-all.cjs'))(
    '%s has the commands that are started with it',
    (file) => {
      const group = /^commands-(\w+)\.cjs$/.exec(file)?.[1] ?? '';
      const named = new RegExp(`\\b${group}:\\[([^\\]]*)\\]`).exec(main)?.[1];
      const started = named?.replaceAll('"', '').split(',').sort();
      expect(started?.length).toBeGreaterThan(1);
      expect(commandsOf(file).sort()).toEqual(started);
    },
  );
});
