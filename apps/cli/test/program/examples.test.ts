import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { examples, layers, type Run } from '@layers/testing/command';
import { useScratch } from '@layers/testing/scratch';
import { beforeAll, describe, expect, it } from 'vitest';
import { GROUPS } from '../../src/program/program.ts';

const scratch = useScratch();
const at = (name: string): string => join(scratch.folder, name);
// No registry answers: the proxy is not there, and no name is looked up.
const env = () => ({ LAYERS_STORE: at('store'), HTTPS_PROXY: 'http://127.0.0.1:1' });

/** Words of a command line, with their quotes removed. */
const wordsOf = (line: string): string[] =>
  [...line.matchAll(/(?:'[^']*'|[^\s'])+/g)].map(([word]) => word.replaceAll("'", ''));

/** The examples that need a registry. They run against one in test/cli-registry-write.test.ts. */
const NEEDS_REGISTRY = /^layers (?:pull|push|login|rm) |^layers copy .*docker:\/\//;

/**
 * Runs an example as a shell would: commands of other tools are replaced by the file that they write or left out, and
 * redirections are dropped.
 */
function runExample(line: string): Run {
  let input: Uint8Array | undefined;
  let last: Run | undefined;
  const command = /^source <\((.*)\)$/.exec(line)?.[1] ?? line.replace(/ > \S+$/, '');
  for (const part of command.split(' | ')) {
    if (part.startsWith('docker save ')) input = readFileSync(at('app.tar'));
    else if (part.startsWith('docker export ')) input = readFileSync(at('rootfs.tar'));
    else if (part.startsWith('layers ')) {
      const words = wordsOf(part).slice(1);
      // One run of each stage shows that the example works.
      const shortened = words[0] === 'bench' ? ['--max-seconds', '0'] : [];
      last = layers([...words, ...shortened], {
        cwd: scratch.folder,
        env: env(),
        ...(input === undefined ? {} : { input }),
      });
    }
  }
  if (last === undefined) throw new Error(`${line} runs nothing of ours`);
  return last;
}

beforeAll(() => {
  const make = (...args: readonly string[]): void => {
    const { status, stderr } = layers(args, { cwd: scratch.folder, env: env() });
    if (status !== 0) throw new Error(stderr);
  };
  for (const folder of ['dist', 'rootfs/etc']) mkdirSync(at(folder), { recursive: true });
  writeFileSync(at('dist/index.html'), '<h1>Bramble</h1>\n');
  writeFileSync(at('rootfs/etc/motd'), 'hello\n');
  writeFileSync(at('baseline.json'), '{"secrets": []}');
  const demo = join(examples, 'demo.tar');
  make('repack', demo, '--tag', 'app:1.0', '-o', 'app.tar');
  make('repack', demo, '--tag', 'app:1', '-o', 'app-1.tar');
  make('append', demo, '--add', 'rootfs:/', '--tag', 'app:2', '-o', 'app-2.tar');
  make('repack', 'app.tar', '-o', 'base.tar');
  make('repack', 'app-1.tar', 'app-2.tar', '-o', 'both.tar');
  make('repack', 'app.tar', '-o', 'oci:layout:app:1.0');
  make('export', demo, '-o', 'rootfs.tar');
  for (const name of ['a.tar', 'build-1.tar', 'build-2.tar']) copyFileSync(at('app-1.tar'), at(name));
  copyFileSync(at('app-2.tar'), at('b.tar'));
  copyFileSync(at('rootfs.tar'), at('patch.tar'));
  make('load', '-i', 'app.tar');
  make('tag', 'app:1.0', 'app:1.1');
  make('tag', 'app:1.0', 'busybox');
  make('save', 'app:1.0', '-o', 'app.tar.gz');
  make('fleet', 'scan', 'app-1.tar', 'app-2.tar');
  rmSync(at('new.tar'), { force: true });
});

describe('the examples of the help', () => {
  const lines = GROUPS.flatMap(({ commands }) => commands.flatMap(({ examples: each }) => each)).filter(
    (line) => !NEEDS_REGISTRY.test(line),
  );

  it.each(lines)('%s', (line) => {
    for (const name of line.matchAll(/ -o (\S+)/g)) rmSync(at(name[1] ?? ''), { force: true });
    const { status, stderr } = runExample(line);
    // No Docker Engine answers here; the command line is accepted.
    if (/docker-daemon/.test(line)) {
      expect(stderr).toMatch(/no Docker Engine answers at .* \[ERR_LAYERS_DAEMON(?:_LOAD)?\]/);
      return;
    }
    if (/registry\.example/.test(line) && !/^layers (?:tag|logout) /.test(line)) {
      expect(stderr).toMatch(/^error: .*registry\.example.* \[ERR_LAYERS_REGISTRY\]/);
      expect(status).toBe(3);
      return;
    }
    if (/layers explore\b/.test(line)) {
      expect([stderr, status]).toEqual([expect.stringContaining('[ERR_LAYERS_TERMINAL]'), 2]);
      return;
    }
    const differs = line.startsWith('layers diff ') && !line.includes('build-1');
    // The image wastes half of its bytes, more than the default budgets allow.
    const isWasteful = /^layers check (?:--json )?app\.tar/.test(line);
    // Only root can set the owners of what is extracted.
    const isIncomplete = line.startsWith('layers extract ') && process.geteuid?.() !== 0;
    expect([stderr.match(/^error: .*/m)?.[0], status]).toEqual([
      undefined,
      differs || isWasteful || isIncomplete ? 1 : 0,
    ]);
  });
});
