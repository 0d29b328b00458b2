import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { examples, layers, shell } from '@layers/testing/command';
import { AFTER, archiveOf, BEFORE } from '@layers/testing/diff-archives';
import { oddArchive } from '@layers/testing/odd-archive';
import { afterAll, describe, expect, it } from 'vitest';

const scratch = mkdtempSync(join(tmpdir(), 'layers-diff-'));
afterAll(() => rmSync(scratch, { recursive: true }));
const at = (name: string, bytes: Uint8Array): string => {
  writeFileSync(join(scratch, name), bytes);
  return join(scratch, name);
};

const demo = join(examples, 'demo.tar');
const demoOci = join(examples, 'demo-oci.tar');
const two = join(examples, 'two-images.tar');
const odd = at('odd.tar', oddArchive({ form: 'legacy' }));
const before = at('before.tar', archiveOf([BEFORE]));
const after = at('after.tar', archiveOf([BEFORE, AFTER], { form: 'oci', compression: 'gzip' }));
/** What a comparison says on standard error. */
const NOTE =
  /^(note: (identical by declared digests; --verify computes the digests|the content of files that only one image has is left out: -N adds it)\n)?$/;

describe('the exit status of layers diff', () => {
  it.each([
    [0, [demo, demo]],
    [0, [demo, demoOci]],
    [1, [demo, odd]],
    [1, ['--image', '#1', '--image-b', '#2', two]],
    [1, [`docker-archive:${two}:bramble-web:2.0`, '--image-b', 'bramble-worker:2.0']],
    [0, ['--image', '#2', two, two]],
    [1, ['--layer-a', '1', demo]],
    [1, ['--layer-a', 'none', '--layer-b', '0', demo]],
    [0, ['--only', 'files', '--include', '/nothing', demo, odd]],
    [0, ['--ignore', 'config,history,layers,packages', '--exclude', '**', demo, odd]],
    [1, ['--format', 'docker', before, after]],
    [0, ['--format', 'docker', demo, demoOci]],
    [1, ['--patch', before, after]],
    [0, ['--patch', demo, demoOci]],
    [2, []],
    [2, [demo]],
    [2, ['--image-b', '#1', '--image', '#1', two]],
    [2, [two, demo]],
    [2, [demo, two]],
    [2, ['--layer-a', '9', demo]],
    [2, ['--layer-a', 'x', demo]],
    [2, ['--only', 'fils', demo, odd]],
    [2, ['--ignore', 'mtime,', demo, odd]],
    [2, ['--ignore', 'mtime', '--mtime', demo, odd]],
    [2, ['--format', 'podman', demo, odd]],
    [2, ['--format', 'docker', '--json', demo, odd]],
    [2, ['--format', 'docker', '--patch', demo, odd]],
    [2, ['--format', 'docker', '--only', 'layers', demo, odd]],
    [2, ['--patch', '--only', 'config', demo, odd]],
    [2, ['--new-file', demo, odd]],
    [2, ['--include', '{', demo, odd]],
    [2, ['-', '-']],
    [2, ['-', 'docker-archive:-']],
    [3, [demo, './absent.tar']],
    [3, ['./absent.tar', demo]],
  ] as const)('is %i for %j', (status, args) => {
    const run = layers(['diff', ...args]);
    expect([run.status, run.stderr]).toEqual([status, expect.anything()]);
    if (status > 1) {
      expect(run.stdout).toBe('');
      expect(run.stderr).toMatch(/^error: .+ \[ERR_LAYERS_\w+\]\n(hint: .+\n)?$/);
    } else expect(run.stderr).toMatch(NOTE);
  });

  it('is the same for every form', () => {
    for (const form of [[], ['--json'], ['--jsonl'], ['--no-trunc']]) {
      expect(layers(['diff', ...form, demo, odd]).status).toBe(1);
      expect(layers(['diff', ...form, demo, demoOci]).status).toBe(0);
    }
  });

  it('names the option that selects the image of B', () => {
    expect(layers(['diff', demo, two]).stderr).toMatch(
      /two-images\.tar: .*\nhint: choose with --image-b .* --platform-b: /,
    );
    expect(layers(['diff', two, demo]).stderr).toContain('choose with --image (');
  });

  it('names the allowed words of a list', () => {
    expect(layers(['diff', '--only', 'files,fils', demo, odd]).stderr).toContain(
      'allowed choices are files, layers, config, history, packages',
    );
  });
});

describe('layers diff', () => {
  const json = (...args: readonly string[]) => JSON.parse(layers(['diff', '--json', ...args]).stdout);

  it('prints one line for identical images: what was compared', () => {
    expect(layers(['diff', '--verify', demo, demoOci]).stdout).toBe(
      'identical: files, layers, config, history and packages compared\n',
    );
    expect(layers(['diff', '--only', 'config', '--ignore', 'mode', demo, demoOci]).stdout).toBe(
      'identical: config compared; ignored: mode 0\n',
    );
  });

  describe('for layers that declare one digest', () => {
    const flipped = Buffer.from(readFileSync(demo));
    const place = flipped.indexOf('debug = false\n');
    flipped[place] = 0x44;
    const flip = at('flip.tar', flipped);
    const note = 'note: identical by declared digests; --verify computes the digests\n';

    it('says that they were not computed', () => {
      expect(layers(['diff', demo, flip])).toEqual({
        status: 0,
        stdout:
          'identical by declared digests: files, layers, config, history and packages compared; --verify computes the digests\n',
        stderr: '',
      });
      expect(json(demo, flip)).toMatchObject({ identical: true, byDeclaredDigests: true });
      for (const form of [['--patch'], ['--format', 'docker']]) {
        expect(layers(['diff', ...form, demo, flip])).toEqual({ status: 0, stdout: '', stderr: note });
        expect(layers(['diff', ...form, '-q', demo, flip]).stderr).toBe('');
        expect(layers(['diff', ...form, demo, demo]).stderr).toBe('');
      }
      expect(layers(['diff', '--only', 'files', demo, flip]).stdout).toMatch(
        /^identical by declared digests: files/,
      );
    });

    it('says it where something else differs', () => {
      const labelled = join(scratch, 'labelled.tar');
      layers(['config', demo, '--label', 'a=b', '-o', labelled]);
      expect(layers(['diff', labelled, flip])).toMatchObject({
        status: 1,
        stdout: expect.stringMatching(/\nTrusted +declared digests of 5 layers \(--verify computes them\)\n/),
      });
      expect(layers(['diff', '--verify', labelled, demo]).stdout).not.toContain('Trusted');
    });

    it('does not say it where digests are computed, and names the difference', () => {
      const { identical, byDeclaredDigests, files } = json('--verify', demo, flip);
      expect({ identical, byDeclaredDigests }).toEqual({ identical: false, byDeclaredDigests: false });
      expect(files).toMatchObject([
        { path: '/etc/bramble/bramble.conf', change: 'changed', fields: ['content'] },
      ]);
    });

    it('does not say it of the same bytes, nor where layers are not compared', () => {
      const plain = 'identical: files, layers, config, history and packages compared\n';
      expect(layers(['diff', demo, demo]).stdout).toBe(plain);
      expect(layers(['diff', '--image', '#2', two, two]).stdout).toBe(plain);
      expect(json('--only', 'config', demo, flip).byDeclaredDigests).toBe(false);
    });
  });

  it('compares layers up to a position', () => {
    const { a, b, layers: found } = json('--layer-a', '1', '--layer-b', '3', demo);
    expect([a.upToLayer, b.upToLayer]).toEqual([1, 3]);
    expect(found.onlyInB.map(({ layer }: { layer: number }) => layer)).toEqual([2, 3]);
  });

  it('selects the image of A in B too, if B has several', () => {
    const { a, b } = json('--image', '#2', two, two);
    expect([a.image.tags, b.image.tags]).toEqual([['bramble-worker:2.0'], ['bramble-worker:2.0']]);
    expect(json('--image', '#2', two, demo).b.image.tags).toEqual(['bramble:1.4']);
    expect(json('--image', '#2', two, `docker-archive:${two}:bramble-web:2.0`).b.image.tags).toEqual([
      'bramble-web:2.0',
    ]);
  });

  it('compares only the requested sections', () => {
    const { files, totals, layers: found, config, history, packages } = json('--only', 'config', demo, odd);
    expect([files, totals, found, history, packages]).toEqual([null, null, null, null, null]);
    expect(config.length).toBeGreaterThan(0);
  });

  it('joins ignored differences, without those that are compared explicitly', () => {
    const ignore = (...args: readonly string[]) => json(...args, demo, demoOci).ignore.toSorted();
    expect(ignore()).toEqual(['hardlinks', 'mtime']);
    expect(ignore('--mtime')).toEqual(['hardlinks']);
    expect(ignore('--ignore', 'owner', '--ignore', 'mode,config')).toEqual([
      'config',
      'hardlinks',
      'mode',
      'mtime',
      'owner',
    ]);
    expect(ignore('--reproducible', '--mtime')).toEqual(['builder', 'created', 'hardlinks', 'layer-bytes']);
  });

  it('has the same result with a pipe on either side', () => {
    const file = json(before, after);
    const first = JSON.parse(
      layers(['diff', '-q', '--json', '-', after], { input: readFileSync(before) }).stdout,
    );
    const second = JSON.parse(
      layers(['diff', '-q', '--json', before, '-'], { input: readFileSync(after) }).stdout,
    );
    expect([first.a.source.path, second.b.source.path]).toEqual(['-', '-']);
    expect({ ...first, a: file.a }).toEqual(file);
    expect({ ...second, b: file.b }).toEqual(file);
    const { stdout } = shell(`layers diff -q --json <(cat ${before}) <(cat ${after})`);
    expect(JSON.parse(stdout).files).toEqual(file.files);
  });

  it('prints the lines of docker diff', () => {
    const lines = layers(['diff', '--format', 'docker', before, after]).stdout.split('\n');
    expect(lines).toEqual(expect.arrayContaining(['C /etc', 'C /etc/changed', 'A /etc/new', 'A /newdir']));
    expect(lines.indexOf('C /etc')).toBeLessThan(lines.indexOf('C /etc/changed'));
  });

  it('escapes everything from images, on lines no wider than the terminal', () => {
    for (const columns of ['60', '80', '132']) {
      for (const args of [[], ['--bytes'], ['--top', '3'], ['--mtime', '--hardlinks']]) {
        const { stdout } = layers(['diff', ...args, demo, odd], { env: { COLUMNS: columns } });
        expect(stdout).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/);
        expect(stdout.split('\n').filter((line) => [...line].length > Number(columns))).toEqual([]);
      }
    }
    const { stdout } = layers(['diff', '--no-trunc', demo, odd]);
    expect(stdout).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/);
  });

  it('lists everything only with --no-trunc', () => {
    const listed = (...args: readonly string[]) => layers(['diff', ...args, demo, odd]).stdout;
    expect(listed('--top', '2', '--only', 'files')).toMatch(/\d+ changes not listed: --top N lists more/);
    const { files } = json('--only', 'files', demo, odd);
    expect(listed('--no-trunc', '--only', 'files').match(/^ [-+~>] /gm)).toHaveLength(files.length);
  });
});
