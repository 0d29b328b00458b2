import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { examples, layers, shell } from '@layers/testing/command';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const scratch = mkdtempSync(join(tmpdir(), 'layers-outputs-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const demo = join(examples, 'demo.tar');
const compressed = join(examples, 'demo-oci.tar');
const at = (name: string): string => join(scratch, name);
const squashed = at('squashed.tar');

beforeAll(() => {
  writeFileSync(at('exists.tar'), 'of somebody');
  layers(['squash', demo, '-o', squashed]);
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

describe('outputs', () => {
  it.each([
    ['hybrid', `${at('a.tar')}`, []],
    ['docker', `docker-archive:${at('b.tar')}`, []],
    ['oci', `oci-archive:${at('c.tar')}`, []],
    ['oci-dir', `oci:${at('d')}`, []],
    ['oci-dir', at('e'), ['--format', 'oci-dir']],
  ] as const)(
    'in the format %s at %s have the size of the dry run, uncompressed and compressed',
    (form, name, more) => {
      for (const compression of form === 'docker' || form === 'oci' ? ['none'] : ['none', 'gzip']) {
        if (form === 'oci-dir') rmSync(name.replace('oci:', ''), { recursive: true, force: true });
        const args = ['squash', demo, '-o', name, '--compression', compression, '--force', ...more];
        const dry = document([...args, '--dry-run']);
        const done = document([...args, '--check']);
        expect(done.output).toEqual({ ...dry.output, format: form });
        expect(bytesOf(done.output.path)).toBe(dry.output.sizeBytes);
        expect(done.sameRootfs).toBe(true);
        expect(layers(['verify', done.output.path]).status).toBe(0);
      }
    },
  );

  it('are the same bytes each time, from a file and from a pipe', () => {
    const again = at('again.tar');
    expect(layers(['squash', '-', '-o', again, '-q'], { input: readFileSync(demo) })).toMatchObject({
      status: 0,
      stderr: '',
    });
    expect(readFileSync(again).equals(readFileSync(squashed))).toBe(true);
    for (const name of ['zip-1.tar', 'zip-2.tar']) {
      expect(layers(['repack', demo, '--compression', 'gzip', '-o', at(name)]).status).toBe(0);
    }
    expect(readFileSync(at('zip-1.tar')).equals(readFileSync(at('zip-2.tar')))).toBe(true);
  });

  it('that are pipes and devices are written to and not read back', () => {
    expect(layers(['squash', demo, '-o', '/dev/null'])).toMatchObject({ status: 0, stderr: '' });
    const through = shell(`layers squash ${demo} -q -o /dev/stdout | cmp - ${squashed}`);
    expect(through).toEqual({ status: 0, stdout: '', stderr: '' });
    const fifo = at('fifo');
    const piped = shell(
      `mkfifo ${fifo}; cmp ${squashed} ${fifo} & layers squash ${demo} -o ${fifo} && wait $!`,
    );
    expect([piped.status, piped.stderr]).toEqual([0, '']);
    expect(piped.stdout).toMatch(/fifo {2}hybrid {2}180 kB/);
    for (const output of ['/dev/null', '-', '/dev/stdout']) {
      expect(layers(['squash', demo, '--check', '-o', output])).toMatchObject({
        status: 2,
        stdout: '',
        stderr: expect.stringContaining('--check'),
      });
    }
  });

  it('that cannot be written end with 4 and a clear line', () => {
    for (const output of [
      '/dev/full',
      '/proc/nothing/x.tar',
      at('absent/x.tar'),
      at('exists.tar/x'),
      scratch,
    ]) {
      const { status, stdout, stderr } = layers(['squash', demo, '-o', output]);
      expect([status, stdout]).toEqual([4, '']);
      expect(stderr).toMatch(/^error: cannot write .+: .+ \[ERR_LAYERS_WRITE_OUTPUT\]\nhint: .+\n$/);
    }
    const full = shell(`layers squash ${demo} -o - > /dev/full`);
    expect([full.status, full.stdout]).toEqual([4, '']);
    expect(full.stderr).toContain('standard output cannot be written');
  });

  it('that exist are rejected before a pipe is read', () => {
    const { status, stderr } = layers(['squash', '-', '-o', at('exists.tar')]);
    expect([status, stderr]).toEqual([2, expect.stringContaining('already exists')]);
    symlinkSync('nowhere', at('dangling.tar'));
    expect(layers(['squash', '-', '-o', at('dangling.tar')]).status).toBe(2);
    expect(layers(['squash', '-', '-o', `oci:${scratch}`]).stderr).toContain('already exists');
    expect(layers(['squash', '-', '-o', `oci:${scratch}`]).stderr).not.toContain('--force');
    const other = layers(['squash', demo, '-o', `oci:${scratch}`, '--force']);
    expect([other.status, other.stderr]).toEqual([2, expect.stringContaining('a directory of other files')]);
    expect(existsSync(demo) && existsSync(at('exists.tar'))).toBe(true);
  });
});

describe('a corrupt input', () => {
  it('ends with 3 and leaves no output', () => {
    const folder = at('corrupt');
    mkdirSync(folder);
    for (const [name, source] of [
      ['raw.tar', demo],
      ['compressed.tar', compressed],
    ] as const) {
      const bytes = readFileSync(source);
      // In the middle of a content, so that the structure stays intact.
      const position = source === demo ? bytes.indexOf('\nlisten = ') + 3 : Math.floor(bytes.length / 2);
      bytes[position] = (bytes[position] ?? 0) ^ 0x40;
      writeFileSync(at(name), bytes);
      for (const args of [['repack'], ['config', '--user', '1']]) {
        const { status, stdout, stderr } = layers([...args, at(name), '-o', join(folder, 'x.tar')]);
        expect([name, status, stdout]).toEqual([name, 3, '']);
        expect(stderr).toMatch(/^error: .+\n/);
        expect(readdirSync(folder)).toEqual([]);
      }
    }
  });
});
