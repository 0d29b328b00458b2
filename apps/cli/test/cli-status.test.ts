import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { examples, layers } from '@layers/testing/command';
import { oddArchive } from '@layers/testing/odd-archive';
import { afterAll, describe, expect, it } from 'vitest';

const scratch = mkdtempSync(join(tmpdir(), 'layers-status-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const demo = join(examples, 'demo.tar');
const two = join(examples, 'two-images.tar');
const at = (name: string, bytes: Uint8Array | string): string => {
  writeFileSync(join(scratch, name), bytes);
  return join(scratch, name);
};
const flipped = (): Buffer => {
  const bytes = readFileSync(join(examples, 'demo-oci.tar'));
  const position = Math.floor(bytes.length / 2);
  bytes[position] = (bytes[position] ?? 0) ^ 0x40;
  return bytes;
};

describe('exit status', () => {
  it.each([
    [0, ['inspect', demo]],
    [0, ['verify', demo]],
    [0, ['--help']],
    [0, ['help', 'waste']],
    [0, ['inspect', '--help']],
    [0, ['--version']],
    [0, ['-V']],
    [0, []],
    [2, ['inspect']],
    [2, ['waste', demo, 'more']],
    [2, ['inspct', demo]],
    [2, [demo]],
    [2, ['inspect', '--jsonn', demo]],
    [2, ['inspect', '--top', '-1', demo]],
    [2, ['inspect', '--color', 'blue', demo]],
    [2, ['ls', '--json', '--jsonl', demo]],
    [2, ['inspect', '']],
    [2, ['inspect', 'alpine:3.20']],
    [2, ['inspect', 'docker-daemon:']],
    [2, ['squash', demo, '-o', 'docker-daemon:']],
    [2, ['squash', demo, '-o', 'docker-daemon:App']],
    [2, ['squash', demo, '-o', 'docker-daemon:app', '--check']],
    [2, ['squash', demo, '-o', 'docker-daemon:app', '--format', 'oci-dir']],
    [2, ['repack', '--all', two, '-o', 'docker-daemon:app']],
    [2, ['inspect', 'docker-daemon:a b']],
    [2, ['inspect', `oci-archive:${demo}`]],
    [2, ['inspect', two]],
    [2, ['inspect', '--image', 'nothing', two]],
    [2, ['inspect', '--image', '#1', `docker-archive:${two}:bramble-web:2.0`]],
    [2, ['inspect', '--platform', '!', demo]],
    [2, ['ls', demo, '/absent']],
    [2, ['ls', '--layer', '99', demo]],
    [2, ['cat', demo, '/etc']],
    [2, ['completion', 'tcsh']],
    [3, ['inspect', './absent.tar']],
    [3, ['inspect', 'docker-daemon:alpine']],
    [4, ['squash', demo, '-o', 'docker-daemon:app']],
    [3, ['inspect', at('empty.tar', '')]],
    [3, ['inspect', at('text.tar', 'no archive at all\n'.repeat(100))]],
    [3, ['inspect', at('cut.tar', readFileSync(demo).subarray(0, 100_000))]],
    [1, ['verify', at('flipped.tar', flipped())]],
  ] as const)('%i for layers %j', (status, args) => {
    const run = layers(args);
    expect([run.status, run.stderr]).toEqual([status, expect.anything()]);
    if (status > 1) {
      expect(run.stdout).toBe('');
      expect(run.stderr).toMatch(/^error: .+ \[ERR_LAYERS_\w+\]\n(hint: .+\n)?$/);
    } else expect(run.stderr).toBe('');
  });

  it('reports why verify fails for an archive with a flipped bit, in every output format', () => {
    const archive = at('flipped.tar', flipped());
    expect(layers(['verify', archive]).stdout).toMatch(/^wrong: /m);
    const { status, stdout } = layers(['verify', '--json', archive]);
    expect([status, JSON.parse(stdout).verified]).toEqual([1, false]);
  });
});

describe('naming', () => {
  it('suggests similar names', () => {
    expect(layers(['inspct', demo]).stderr).toBe(
      "error: unknown command 'inspct' [ERR_LAYERS_USAGE]\nhint: did you mean inspect?\n",
    );
    expect(layers(['inspect', '--jso', demo]).stderr).toContain('did you mean --json?');
  });

  it('lists the images to select from, in words that --image accepts', () => {
    expect(layers(['inspect', two]).stderr).toContain('#2 bramble-worker:2.0');
    const tags = (args: readonly string[]) =>
      JSON.parse(layers(['inspect', '--json', ...args]).stdout).image.tags;
    expect(tags(['--image', '#2', two])).toEqual(['bramble-worker:2.0']);
    expect(tags([`docker-archive:${two}:bramble-worker:2.0`])).toEqual(['bramble-worker:2.0']);
    expect(tags([`docker-archive:${two}:@1`])).toEqual(['bramble-worker:2.0']);
  });

  it('prefers a file whose name looks like a transport or a reference', () => {
    copyFileSync(demo, join(scratch, 'docker-daemon:x'));
    copyFileSync(demo, join(scratch, 'alpine'));
    copyFileSync(demo, join(scratch, 'a:b.tar'));
    for (const name of ['docker-daemon:x', 'alpine', 'a:b.tar', 'docker-archive:a:b.tar']) {
      expect(layers(['history', name], { cwd: scratch }).status).toBe(0);
    }
    expect(readdirSync(scratch)).toContain('alpine');
  });

  it('shows stack and causes only with -v', () => {
    const archive = at('text.tar', 'no archive at all\n'.repeat(100));
    expect(layers(['inspect', archive]).stderr).not.toContain('    at ');
    expect(layers(['inspect', '-v', archive]).stderr).toContain('    at ');
  });
});

describe('a pipe', () => {
  it('has the same document as the file, except for its source', () => {
    for (const args of [
      ['inspect'],
      ['waste'],
      ['history'],
      ['ls', '-R'],
      ['tree'],
      ['verify'],
      ['advise'],
      ['check', '-q', '--warn', 'wasted-bytes=0', '--forbid-secrets', '--warn', 'forbidden-paths=*'],
      ['duplicates'],
      ['find'],
      ['secrets', '-q'],
      ['packages', '-q'],
    ]) {
      for (const name of ['demo.tar', 'demo-oci.tar']) {
        const file = JSON.parse(layers([...args, '--json', join(examples, name)]).stdout);
        const pipe = JSON.parse(
          layers([...args, '--json', '-'], { input: readFileSync(join(examples, name)) }).stdout,
        );
        expect(pipe.source.path).toBe('-');
        expect({ ...pipe, source: null }).toEqual({ ...file, source: null });
      }
    }
  });

  it('is copied, with a note, only if contents are read again; the copy is removed', () => {
    const input = readFileSync(demo);
    const env = { TMPDIR: mkdtempSync(join(scratch, 'tmp-')) };
    const cat = layers(['cat', '-', '/etc/bramble/bramble.conf'], { input, env });
    expect(cat.stdout).toBe(layers(['cat', demo, '/etc/bramble/bramble.conf']).stdout);
    expect(cat.stdout).not.toBe('');
    expect(cat.stderr).toMatch(/^note: .*copying the input to .*\n$/);
    expect(layers(['cat', '-q', '-', '/etc/motd'], { input, env }).stderr).toBe('');
    expect(layers(['cat', '-', '/absent'], { input, env }).stderr).toContain('error: ');
    expect(JSON.parse(layers(['ls', '--digest', '--json', '-'], { input, env }).stdout).source.path).toBe(
      '-',
    );
    expect(readdirSync(env.TMPDIR)).toEqual([]);
  });
});

describe('cat', () => {
  it('writes exact bytes, also of a deleted file', () => {
    const odd = at('odd.tar', oddArchive({ form: 'oci', compression: 'gzip' }));
    expect(layers(['cat', odd, '/binary']).stdout).toBe('\0\x01\x02\x1b');
    expect(layers(['cat', odd, '/etc/second']).stderr).toContain('--layer 0');
    expect(layers(['cat', '--layer', '0', odd, '/etc/second']).stdout).toBe('some contents\n');
  });
});
