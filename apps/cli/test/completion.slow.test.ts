import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { command, environment, examples, layers, shell } from '@layers/testing/command';
import { needs } from '@layers/testing/needs';
import { afterAll, describe, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'layers-completion-'));
afterAll(() => rmSync(folder, { recursive: true }));

const WRITING = ['squash', 'repack', 'rechunk', 'append', 'config', 'extract', 'export'];
const STORING = ['load', 'save', 'import', 'images', 'tag', 'rmi', 'prune', 'store', 'image'];
const script = (name: string): string => layers(['completion', name]).stdout;

/** Returns an environment in which a shell finds the built command as `layers`. */
function withCommand(): Record<string, string> {
  const path = join(folder, 'bin', 'layers');
  if (!existsSync(path)) {
    mkdirSync(join(folder, 'bin'));
    symlinkSync(command, path);
  }
  return environment({ PATH: `${join(folder, 'bin')}:${process.env['PATH']}`, TERM: 'dumb' });
}

/** Returns the completions of bash for the last word. */
function offered(...words: readonly string[]): string[] {
  const list = words.map((word) => `'${word}'`).join(' ');
  // Bash splits words at colons: as words of their own, they touch their neighbours.
  const line = ['layers', ...words].join(' ').replaceAll(/ : ?/g, ':');
  const run = `${script('bash')}\nCOMP_WORDS=(layers ${list}) COMP_CWORD=${words.length}; COMP_LINE='${line}' COMP_POINT=${line.length}; _layers; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return shell(run)
    .stdout.split('\n')
    .filter((word) => word !== '');
}

describe('completion', () => {
  for (const name of ['bash', 'zsh', 'fish'] as const)
    it(`${name} accepts its script`, needs(name), () => {
      const text = script(name);
      for (const word of [
        'inspect',
        'waste',
        'history',
        'ls',
        'tree',
        'cat',
        'diff',
        'verify',
        'bench',
        'completion',
        ...WRITING,
        ...STORING,
      ]) {
        expect(text).toContain(word);
      }
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
    expect(offered('diff', '--format', '')).toEqual(['docker', 'json']);
    expect(offered('ls', '-f', '')).toEqual(['json', 'table']);
    expect(offered('inspect', '--format', 'j')).toEqual(['json']);
    expect(offered('packages', '--format', 's')).toEqual(['spdx-json']);
    expect(offered('diff', '--only', 'pa')).toEqual(['packages']);
    expect(offered('diff', '--ignore', 'mtime,layer')).toEqual(['mtime,layer-bytes', 'mtime,layers']);
    expect(offered('diff', 'a.tar', `${process.cwd()}/package.js`)).toEqual([
      `${process.cwd()}/package.json`,
    ]);
    expect(offered('completion', '')).toEqual(['bash', 'zsh', 'fish']);
    expect(offered('help', 'ver')).toEqual(['verify']);
    expect(offered('bench', '--ma')).toEqual(['--max-seconds']);
    for (const command of ['tags', 'catalog']) expect(offered(command, '')).toEqual([]);
    expect(offered('bench', `${process.cwd()}/package.js`)).toEqual([`${process.cwd()}/package.json`]);
    expect(offered('inspect', `${process.cwd()}/package.js`)).toEqual([`${process.cwd()}/package.json`]);
  });

  it('offers files, directories and choices to commands that write', () => {
    const cwd = process.cwd();
    for (const name of ['squash', 'repack', 'append', 'config', 'export']) {
      for (const option of ['-o', '--output']) {
        expect(offered(name, 'a.tar', option, `${cwd}/package.js`)).toEqual([`${cwd}/package.json`]);
      }
    }
    expect(offered('append', '--add', `${cwd}/pack`)).toContain(`${cwd}/packages`);
    expect(offered('squash', '--format', 'oci')).toEqual(['oci', 'oci-dir']);
    expect(offered('repack', '--compression', '')).toEqual(['none', 'gzip', 'zstd']);
    expect(offered('config', '--set-platform', 'linux/arm6')).toEqual(['linux/arm64']);
    expect(offered('config', '--set-env', '')).toEqual([]);
    expect(offered('append', '--mtime', '')).toEqual([]);
  });

  it('offers directories for the directory of extract, after any options', () => {
    const cwd = process.cwd();
    expect(offered('extract', `${cwd}/package`)).toContain(`${cwd}/package.json`);
    for (const before of [['a.tar'], ['--image', 'x', 'a.tar'], ['-q', 'a.tar', '--force']]) {
      expect(offered('extract', ...before, `${cwd}/package`)).toEqual([`${cwd}/packages`]);
    }
    expect(script('zsh')).toContain("'*--set-env[");
    expect(script('zsh')).toContain("'(-o --output)-o[");
    expect(script('zsh')).toContain("'2:directory:_files -/'");
    expect(script('fish')).toMatch(/"__layers_is squash" -s o -l output -r -F/);
  });

  it('offers files, choices and actions to the commands of the store, and nothing for names', () => {
    const cwd = process.cwd();
    for (const words of [['load', '-i'], ['save', 'app', '-o'], ['import']]) {
      expect(offered(...words, `${cwd}/package.js`)).toEqual([`${cwd}/package.json`]);
    }
    expect(offered('store', '')).toEqual(['check', 'path']);
    expect(offered('cache', '')).toEqual(['info', 'prune']);
    expect(offered('save', '--compress', '')).toEqual(['none', 'gzip', 'zstd']);
    expect(offered('load', '--compress', '')).toEqual(['gzip', 'zstd']);
    expect(offered('images', '-')).toEqual(expect.arrayContaining(['--digests', '--filter', '-f', '-q']));
    for (const name of ['save', 'images', 'tag', 'rmi', 'prune']) expect(offered(name, '')).toEqual([]);
    expect(offered('images', '--filter', 'dang')).toEqual(['dangling=true', 'dangling=false']);
  });

  it('offers names of the store, also after a colon', () => {
    const demo = join(examples, 'demo.tar');
    expect(layers(['load', demo]).status).toBe(0);
    for (const name of ['rmi', 'save', 'tag', 'images', 'inspect', 'squash']) {
      expect(offered(name, 'bram')).toContain('bramble:1.4');
    }
    expect(offered('rmi', 'bramble', ':')).toEqual(['1.4']);
    expect(offered('rmi', 'bramble', ':', '1')).toEqual(['1.4']);
    expect(offered('rmi', 'other')).toEqual([]);
  });

  it('offers paths inside the image', () => {
    const demo = join(examples, 'demo.tar');
    for (const name of ['cat', 'ls', 'tree']) {
      expect(offered(name, demo, '/etc/br')).toEqual(['/etc/bramble/']);
      expect(offered(name, '--layer', '0', demo, 'et')).toEqual(['etc/']);
    }
    expect(offered('cat', demo, '/etc/bramble/', '/etc/bramble/bramble.c')).toEqual([
      '/etc/bramble/bramble.conf',
    ]);
    expect(offered('extract', demo, 'out', '/et')).toEqual(['/etc/']);
    expect(offered('cat', 'absent.tar', '/et')).toEqual([]);
    expect(offered('cat', '-', '/et')).toEqual([]);
  });

  it('offers paths of an image whose name has a colon', () => {
    const demo = join(examples, 'demo.tar');
    expect(offered('ls', 'docker-archive', ':', demo, '/etc/br')).toEqual(['/etc/bramble/']);
    expect(offered('ls', 'docker-archive', ':', demo, ':', 'bramble', ':', '1.4', '/etc/br')).toEqual([
      '/etc/bramble/',
    ]);
    expect(offered('ls', '--layer', '0', 'docker-archive', ':', `${examples}/demo.t`)).toEqual([demo]);
  });

  it('offers layers with their instructions, and one without', () => {
    const demo = join(examples, 'demo.tar');
    expect(offered('ls', demo, '--layer', '')).toEqual([
      expect.stringMatching(/^0 {2}ADD file:\S+ in \/$/),
      expect.stringMatching(/^1 {2}COPY /),
      expect.stringMatching(/^2 {2}/),
      expect.stringMatching(/^3 {2}chown .*…$/),
      expect.stringMatching(/^4 {2}rm /),
    ]);
    expect(offered('ls', demo, '--layer', '3')).toEqual(['3']);
    expect(offered('squash', '-o', 'out.tar', demo, '--from', '2')).toEqual(['2']);
    expect(offered('squash', 'docker-archive', ':', demo, '--to', '2')).toEqual(['2']);
    expect(offered('ls', '--layer', '')).toEqual([]);
    expect(offered('ls', 'absent.tar', '--layer', '')).toEqual([]);
  });

  it("offers docker's names below image, with the options and values of the commands that they run", () => {
    expect(offered('image', 'l')).toEqual(['load', 'ls', 'list']);
    expect(offered('image', 'ls', '--d')).toEqual(['--digests']);
    expect(offered('image', 'save', '--compress', 'z')).toEqual(['zstd']);
    expect(offered('image', 'inspect', `${process.cwd()}/package.js`)).toEqual([
      `${process.cwd()}/package.json`,
    ]);
    expect(offered('image', 'tree', '')).toEqual([]);
  });

  it('offers the same in fish', needs('fish'), () => {
    const fish = (line: string): string[] => {
      const { stdout } = spawnSync(
        'fish',
        ['-c', `source ${join(folder, 'words.fish')}; complete -C '${line}'`],
        { env: withCommand() },
      );
      return stdout
        .toString()
        .split('\n')
        .flatMap((text) => (text === '' ? [] : [text.replace(/\t.*/, '')]));
    };
    writeFileSync(join(folder, 'words.fish'), script('fish'));
    expect(fish('layers wa')).toEqual(['waste']);
    expect(fish('layers image l').sort()).toEqual(['list', 'load', 'ls']);
    expect(fish('layers image ls --d')).toEqual(['--digests']);
    expect(fish('layers ls --d')).toEqual(['--digest']);
    expect(fish('layers image save --compress z')).toEqual(['zstd']);
    expect(fish('layers store ')).toEqual(['check', 'path']);
    const demo = join(examples, 'demo.tar');
    expect(fish(`layers ls --layer 0 ${demo} /etc/br`)).toEqual(['/etc/bramble/']);
    expect(fish(`layers ls -l ${demo} --layer `)).toEqual(['0', '1', '2', '3', '4']);
  });
});
