import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { layers, shell } from './support/cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'layers-completion-'));
afterAll(() => rmSync(folder, { recursive: true }));

const script = (name: string): string => layers(['completion', name]).stdout;
const installed = (name: string): boolean => spawnSync(name, ['--version']).status === 0;

/** What bash offers for a command line whose last word is being typed. */
function offered(...words: readonly string[]): string[] {
  const list = words.map((word) => `'${word}'`).join(' ');
  const run = `${script('bash')}\nCOMP_WORDS=(layers ${list}) COMP_CWORD=${words.length}; _layers; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return shell(run)
    .stdout.split('\n')
    .filter((word) => word !== '');
}

describe('completion', () => {
  it.each(['bash', 'zsh', 'fish'])('%s accepts its script', (name) => {
    const text = script(name);
    for (const word of ['inspect', 'waste', 'history', 'ls', 'tree', 'cat', 'diff', 'verify', 'completion']) {
      expect(text).toContain(word);
    }
    if (!installed(name)) return console.warn(`skipped: ${name} is not installed`);
    const file = join(folder, name);
    writeFileSync(file, text);
    const { status, stderr } = spawnSync(name, ['-n', file]);
    expect([status, stderr.toString()]).toEqual([0, '']);
  });

  it('offers commands, options, values and files', () => {
    expect(offered('wa')).toEqual(['waste']);
    expect(offered('')).toContain('inspect');
    expect(offered('inspect', '--to')).toEqual(['--top']);
    expect(offered('ls', '-')).toEqual(
      expect.arrayContaining(['-l', '--long', '--jsonl', '--layer', '--digest']),
    );
    expect(offered('inspect', '--color', '')).toEqual(['auto', 'always', 'never']);
    expect(offered('inspect', '--platform', 'linux/arm6')).toEqual(['linux/arm64']);
    expect(offered('ls', '--layer', '')).toEqual([]);
    expect(offered('diff', '--format', '')).toEqual(['docker']);
    expect(offered('diff', '--only', 'pa')).toEqual(['packages']);
    expect(offered('diff', '--ignore', 'mtime,layer')).toEqual(['mtime,layer-bytes', 'mtime,layers']);
    expect(offered('diff', 'a.tar', `${process.cwd()}/package.js`)).toEqual([
      `${process.cwd()}/package.json`,
    ]);
    expect(offered('completion', '')).toEqual(['bash', 'zsh', 'fish']);
    expect(offered('help', 'ver')).toEqual(['verify']);
    expect(offered('inspect', `${process.cwd()}/package.js`)).toEqual([`${process.cwd()}/package.json`]);
  });
});
