import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildDockerArchive } from '@layers/testing/archive-builder';
import { examples, layers, shell, spawnLayers } from '@layers/testing/command';
import { needs } from '@layers/testing/needs';
import { oddArchive } from '@layers/testing/odd-archive';
import { buildTar } from '@layers/testing/tar-builder';
import { afterAll, describe, expect, it } from 'vitest';

const scratch = mkdtempSync(join(tmpdir(), 'layers-rootfs-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const demo = join(examples, 'demo.tar');
const at = (name: string): string => join(scratch, name);
const RAW = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/;

/** Only root can set owners; for other users, status 1 says that they are not set. */
const isRoot = process.geteuid?.() === 0;
const OWNERS = isRoot ? [] : ['--no-same-owner'];

describe('layers export', () => {
  it('writes the same bytes to a file and a pipe, with a summary for the file only', () => {
    const tar = at('rootfs.tar');
    const run = layers(['export', demo, '-o', tar]);
    expect(run).toEqual({ status: 0, stdout: `${tar}  171 kB  80 paths\n`, stderr: '' });
    for (const line of [
      `layers export ${demo}`,
      `layers export -o /dev/stdout ${demo}`,
      `cat ${demo} | layers export -q -`,
    ]) {
      expect(shell(`${line} | cmp - ${tar}`)).toEqual({ status: 0, stdout: '', stderr: '' });
    }
    expect(shell(`tar tf ${tar} | sort | uniq -d`).stdout).toBe('');
    const document = JSON.parse(layers(['export', demo, '-o', tar, '--force', '--json']).stdout);
    expect(document.output).toEqual({
      path: tar,
      compression: null,
      sizeBytes: readFileSync(tar).length,
      entries: 80,
    });
  });

  it('rejects an existing or unwritable output, and --json without a file', () => {
    writeFileSync(at('mine.tar'), 'mine');
    expect(layers(['export', '-', '-o', at('mine.tar')])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('already exists'),
    });
    expect(readFileSync(at('mine.tar'), 'utf8')).toBe('mine');
    expect(layers(['export', demo, '--json'])).toMatchObject({ status: 2, stdout: '' });
    expect(layers(['export', demo, '-o', ''])).toMatchObject({ status: 2, stdout: '' });
    for (const output of ['/dev/full', at('absent/x.tar'), scratch]) {
      const { status, stderr } = layers(['export', demo, '-o', output]);
      expect([status, stderr]).toEqual([
        4,
        expect.stringMatching(/^error: cannot write .+ \[ERR_LAYERS_WRITE_OUTPUT\]\nhint: .+\n$/),
      ]);
    }
    expect(shell(`layers export ${demo} > /dev/full`).status).toBe(4);
  });

  it('ends as other programs do if the reader closes the pipe', () => {
    const run = shell(`layers export ${demo} | head -c 100 | wc -c`);
    expect(run).toMatchObject({ status: 141, stderr: '' });
    expect(run.stdout.trim()).toBe('100');
  });
});

describe('layers extract', () => {
  it('creates the files of the tar', () => {
    const [made, untarred] = [at('made'), at('untarred')];
    const run = layers(['extract', demo, made, ...OWNERS]);
    // Other users cannot keep the setuid bit of a file of root.
    expect(run).toMatchObject({ status: isRoot ? 0 : 1, stderr: '' });
    expect(run.stdout).toMatch(/made {2}41 files \(113 kB\), 29 directories, 5 symlinks, 5 hard links\n/);
    mkdirSync(untarred);
    expect(
      shell(`layers export ${demo} | tar x -C ${untarred} && diff -r --no-dereference ${made} ${untarred}`),
    ).toEqual({
      status: 0,
      stdout: '',
      stderr: '',
    });
  });

  it('extracts only the requested paths, and reports missing ones', () => {
    expect(layers(['extract', demo, at('some'), '/etc', ...OWNERS]).status).toBe(0);
    expect(readdirSync(at('some'))).toEqual(['etc']);
    const absent = layers(['extract', demo, at('none'), '/absent']);
    expect([absent.status, existsSync(at('none'))]).toEqual([2, false]);
  });

  it('rejects a directory with other files, except with --force', () => {
    mkdirSync(at('full'));
    writeFileSync(join(scratch, 'full', 'mine'), 'mine');
    const { status, stderr } = layers(['extract', demo, at('full')]);
    expect([status, readdirSync(at('full'))]).toEqual([2, ['mine']]);
    expect(stderr).toContain('--force');
    expect(layers(['extract', demo, at('full'), '--force', '/etc', ...OWNERS]).status).toBe(0);
    expect(readdirSync(at('full')).sort()).toEqual(['etc', 'mine']);
  });

  it('checks the directory before it reads a pipe', () => {
    mkdirSync(at('taken'));
    writeFileSync(join(scratch, 'taken', 'mine'), 'mine');
    const taken = layers(['extract', '-', at('taken')], { input: Buffer.from('no archive at all') });
    expect(taken).toMatchObject({ status: 2, stdout: '' });
    expect(taken.stderr).toMatch(
      /^error: .+taken is not empty \[ERR_LAYERS_OUTPUT_EXISTS\]\nhint: .+--force.+\n$/,
    );
    const file = layers(['extract', '-', join(at('taken'), 'mine')], { input: Buffer.from('no archive') });
    expect([file.status, file.stderr]).toEqual([4, expect.stringContaining('not a directory')]);
    // A new directory, or one with --force, is accepted.
    for (const args of [[at('to-be-made')], [at('taken'), '--force']]) {
      expect(layers(['extract', '-', ...args], { input: Buffer.from('no archive') }).status).toBe(3);
    }
    expect(existsSync(at('to-be-made'))).toBe(false);
  });

  it('ends with 4 if nothing can be written', () => {
    const { status, stderr } = layers(['extract', demo, '/dev/null/x']);
    expect(stderr).toMatch(/^error: cannot extract into .+: .+ \[ERR_LAYERS_WRITE_OUTPUT\]\nhint: .+\n$/);
    expect(status).toBe(4);
  });

  it('lists failures, escaped, and ends with 1', () => {
    writeFileSync(at('odd.tar'), oddArchive({ form: 'hybrid' }));
    const made = at('odd');
    const { status, stdout } = layers(['extract', at('odd.tar'), made, '--json']);
    const { notDoneCounts, notDone } = JSON.parse(stdout);
    expect(status).toBe(notDone.length === 0 ? 0 : 1);
    expect(Object.keys(notDoneCounts).length > 0).toBe(notDone.length > 0);
    const text = layers(['extract', at('odd.tar'), made, '--force', '--no-same-owner']);
    expect(text.stdout).not.toMatch(RAW);
    expect(text.stdout.includes('incomplete:')).toBe(text.status === 1);
  });

  it('gives a hint how to extract extended attributes', () => {
    const advice = "hint: layers export IMAGE | tar -x --xattrs --xattrs-include='*' -C DIR ";
    const xattrs = new Map([['user.colour', Buffer.from('green')]]);
    const layer = buildTar([{ path: 'painted', data: Buffer.from('x'), xattrs }]);
    const image = { tags: ['painted:1'], layers: [layer] };
    writeFileSync(at('painted.tar'), buildDockerArchive({ images: [image] }, { form: 'hybrid' }));
    // Without the program setfattr.
    const run = spawnLayers(['extract', at('painted.tar'), at('painted')], { env: { PATH: '/nonexistent' } });
    expect(run).toMatchObject({ status: 1, stdout: expect.stringContaining(advice) });
    expect(run.stdout).toContain(
      '/painted: xattr: not set: user.colour: the program setfattr is not installed',
    );
    // Without owners, which only root can restore.
    expect(layers(['extract', demo, at('plain'), '--no-same-owner']).stdout).not.toContain('hint:');

    mkdirSync(at('advised'));
    const told = advice
      .slice('hint:'.length)
      .replace('IMAGE', at('painted.tar'))
      .replace('DIR', at('advised'));
    expect(shell(told)).toMatchObject({ status: 0, stderr: '' });
    expect(readFileSync(join(at('advised'), 'painted'), 'utf8')).toBe('x');
  });

  it('gives a hint that extracts extended attributes when followed', needs('getfattr'), () => {
    const attribute = shell(`getfattr --only-values -n user.colour ${join(at('advised'), 'painted')}`);
    expect(attribute.stdout).toBe('green');
  });
});
