import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { examples, layers, type Run, shell } from '@layers/testing/command';
import { needs } from '@layers/testing/needs';
import { oddArchive } from '@layers/testing/odd-archive';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { widthOf } from '../src/output/text-width.ts';

const scratch = mkdtempSync(join(tmpdir(), 'layers-change-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const demo = join(examples, 'demo.tar');
const two = join(examples, 'two-images.tar');
const at = (name: string): string => join(scratch, name);
const squashed = at('squashed.tar');
const RAW = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/;

let first: Run;
beforeAll(() => {
  first = layers(['squash', demo, '-o', squashed]);
  mkdirSync(at('added'));
  writeFileSync(join(scratch, 'added', 'new\x1b[31m'), 'new\n');
  writeFileSync(at('odd.tar'), oddArchive({ form: 'hybrid' }));
});

/** Returns the output of `--json` of a command that succeeds. */
function document(args: readonly string[]) {
  const { status, stdout, stderr } = layers([...args, '--json']);
  expect([status, stderr.replace(/^note: .*\n/gm, '')]).toEqual([0, '']);
  return JSON.parse(stdout);
}

/** Returns the bytes of every file below a directory, or of a file. */
function bytesOf(path: string): number {
  if (statSync(path).isFile()) return statSync(path).size;
  return readdirSync(path).reduce((sum, name) => sum + bytesOf(join(path, name)), 0);
}

const WRITERS: readonly (readonly string[])[] = [
  ['squash', demo],
  ['repack', demo],
  ['append', demo, '--add', at('added')],
  ['config', demo, '--user', '1'],
];

describe.each(WRITERS)('layers %s', (...args) => {
  it('writes to standard output without -o, and plans without -o', () => {
    expect(layers(args)).toEqual(layers([...args, '-o', '-']));
    const { images } = document([...args, '--dry-run']);
    expect(images).toEqual(document([...args, '--dry-run', '-o', at('planned.tar')]).images);
  });

  it('writes nothing in a dry run, which predicts the size exactly', () => {
    const output = at(`out-${args[0]}.tar`);
    const names = readdirSync(scratch);
    const dry = document([...args, '-o', output, '--dry-run']);
    expect([dry.dryRun, dry.images[0].id]).toEqual([true, null]);
    expect(readdirSync(scratch)).toEqual(names);
    const done = document([...args, '-o', output]);
    expect([done.dryRun, done.output.sizeBytes]).toEqual([false, dry.output.sizeBytes]);
    expect(bytesOf(output)).toBe(dry.output.sizeBytes);
    expect(done.images[0].storedBytes).toBe(dry.images[0].storedBytes);
  });

  it('writes the same bytes to a pipe, with a summary on standard error except with -q', () => {
    const [output, piped] = [at(`out-${args[0]}.tar`), at(`piped-${args[0]}.tar`)];
    const words = args.map((word) => `'${word}'`).join(' ');
    const told = shell(`layers ${words} -o - > ${piped} && cmp ${piped} ${output}`);
    expect([told.status, told.stdout]).toEqual([0, '']);
    expect(told.stderr).toMatch(/^standard output {2}hybrid {2}\d+ kB$/m);
    const quiet = shell(`layers ${words} -q -o - | cmp - ${output}`);
    expect(quiet).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  it('keeps an existing output, and replaces it with --force', () => {
    const output = at(`mine-${args[0]}.tar`);
    writeFileSync(output, 'of somebody');
    const refused = layers([...args, '-o', output]);
    expect([refused.status, refused.stdout]).toEqual([2, '']);
    expect(refused.stderr).toMatch(/already exists \[ERR_LAYERS_OUTPUT_EXISTS\]\nhint: .*--force.*\n$/);
    expect(readFileSync(output, 'utf8')).toBe('of somebody');
    expect(layers([...args, '-o', output, '--force']).status).toBe(0);
    expect(readFileSync(output).equals(readFileSync(at(`out-${args[0]}.tar`)))).toBe(true);
  });
});

describe('several images', () => {
  it('are written to one archive, from which one can be selected', () => {
    const all = document(['repack', two, '--all', '-o', at('all.tar'), '--check']);
    expect(all.images.map(({ tags }: { tags: string[] }) => tags)).toEqual([
      ['bramble-web:2.0'],
      ['bramble-worker:2.0'],
    ]);
    expect(all.sameRootfs).toBe(true);
    const one = document(['repack', at('all.tar'), '--image', '#2', '-o', at('one.tar')]);
    expect(one.images).toHaveLength(1);
    expect(one.images[0].tags).toEqual(['bramble-worker:2.0']);
    expect(one.images[0].id).toBe(all.images[1].id);
    const both = document(['repack', demo, at('one.tar'), '-o', at('both.tar')]);
    expect(both.images.map(({ id }: { id: string }) => id)).toEqual([
      JSON.parse(layers(['inspect', '--json', demo]).stdout).image.id,
      one.images[0].id,
    ]);
    expect(layers(['verify', at('both.tar'), '--image', 'bramble-worker:2.0']).status).toBe(0);
  });

  it('are selected by platform', () => {
    expect(
      layers(['config', demo, '--set-platform', 'linux/arm64', '--tag', 'arm', '-o', at('arm.tar')]).status,
    ).toBe(0);
    const all = document(['repack', demo, at('arm.tar'), '-o', at('platforms.tar')]);
    const chosen = document([
      'squash',
      at('platforms.tar'),
      '--platform',
      'linux/arm64',
      '-o',
      at('chosen.tar'),
    ]);
    expect(chosen.images[0].tags).toEqual(['arm:latest']);
    expect(chosen.images[0].before.id).toBe(all.images[1].id);
  });
});

describe('the summary', () => {
  it('prints path and size, and for every layer whether it is kept', () => {
    const run = layers(['squash', demo, '--last', '2', '-o', at('last.tar')]);
    expect(run).toMatchObject({ status: 0, stderr: '' });
    expect(run.stdout).toMatch(
      /^\S+last\.tar {2}hybrid {2}\d+ kB\n\nbramble:1\.4\nid {6}sha256:[0-9a-f]{64}\n/,
    );
    expect(run.stdout).toMatch(/^size {4}.+ in 4 layers, was 323 kB in 5 layers$/m);
    expect(run.stdout.match(/kept$/gm)).toHaveLength(3);
    expect(run.stdout.match(/new$/gm)).toHaveLength(1);
    expect(first.stdout).not.toContain('checked');
  });

  it('prints the result of --check, and marks a dry run', () => {
    const dry = layers(['squash', demo, '--dry-run', '-o', at('dry.tar')]);
    expect(dry.stdout).toContain('dry run: nothing is written');
    const run = layers(['squash', demo, '--check', '--force', '-o', at('last.tar')]);
    expect(run.stdout).toMatch(/\nchecked: the root file system is the same\n$/);
    expect(document(['config', demo, '--user', '1', '--check', '-o', at('user.tar')]).sameRootfs).toBe(true);
    expect(document(['config', demo, '--user', '1', '--force', '-o', at('user.tar')]).sameRootfs).toBe(null);
  });

  it('fits into 80 columns and escapes every name', () => {
    const output = at('name-\x1b]0;x\x07\u202e.tar');
    for (const args of [
      ['squash', at('odd.tar')],
      ['repack', at('odd.tar'), '--drop-waste'],
      ['append', at('odd.tar'), '--add', `${at('added')}:/etc`],
    ]) {
      const run = layers([...args, '--force', '-o', output], { env: { COLUMNS: '80' } });
      expect(run.status).toBe(0);
      expect(run.stdout).not.toMatch(RAW);
      expect(run.stderr).not.toMatch(RAW);
      const table = run.stdout.slice(run.stdout.indexOf('\n #')).split('\n');
      expect(table.filter((line) => widthOf(line) > 80)).toEqual([]);
      expect(table.length).toBeGreaterThan(2);
    }
    const { stderr } = layers(['append', at('odd.tar'), '--add', at('new\x1b[31m'), '-o', at('never.tar')]);
    expect(stderr).toContain('\\x1b');
    expect(stderr).not.toMatch(RAW);
  });

  it('prints what append left out, except with -q', needs('python3'), () => {
    const link = at('linked');
    mkdirSync(link);
    const socket = join(link, 'sock');
    shell(`python3 -c "import socket,sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])" ${socket}`);
    const args = ['append', demo, '--add', `${link}:/srv`, '--force', '-o', at('sock.tar')];
    expect(layers(args).stderr).toContain('note: /srv/sock: sockets cannot be stored in a layer');
    const { stdout, stderr } = layers([...args, '-q', '--json']);
    expect(stderr).toBe('');
    expect(JSON.parse(stdout).findings).toMatchObject([
      { code: 'socket-skipped', severity: 'note', place: { layer: 5, path: '/srv/sock' } },
    ]);
  });
});
