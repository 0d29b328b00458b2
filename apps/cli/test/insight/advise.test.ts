import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { examples, layers } from '@layers/testing/command';
import { archiveOf } from '@layers/testing/diff-archives';
import { leaksOf, plantedArchive } from '@layers/testing/planted-secrets';
import { useScratch } from '@layers/testing/scratch';
import { describe, expect, it } from 'vitest';

const scratch = useScratch();
const demo = join(examples, 'demo.tar');

interface Document {
  readonly totals: {
    readonly contentBytes: number;
    readonly savableBytes: number;
    readonly repackBytes: number;
  };
  readonly advice: readonly { readonly code: string; readonly savableBytes: number }[];
}

const json = (...args: readonly string[]): Document => JSON.parse(layers([...args, '--json']).stdout);

describe('layers advise', () => {
  it('shows what to change, with instructions, paths and a better line', () => {
    const { status, stdout } = layers(['advise', demo]);
    expect(status).toBe(0);
    expect(stdout).toContain('savable  126 kB of 239 kB · 126 kB of it by layers repack --drop-waste\n');
    expect(stdout.split('\n\n')[1]).toBe(
      [
        ' 1       90 kB: `chown` stores files a second time with the same content',
        ' by      layer 3  chown 10001:10001 /var/lib/bramble && chmod 600 /var/lib/bramble/recipes.db',
        ' stored  layer 1  COPY dir:8b7a26c… in /',
        ' paths   /var/lib/bramble/recipes.db  90 kB',
        ' fix     set the owner while the files are copied',
        '         COPY --chown=10001:10001 SRC DST',
      ].join('\n'),
    );
  });

  it('promises what repack --drop-waste saves', () => {
    const before = json('advise', '--min-size', '0', demo).totals;
    const out = join(mkdtempSync(join(scratch.folder, 'out-')), 'lean.tar');
    expect(layers(['repack', demo, '--drop-waste', '-o', out]).status).toBe(0);
    const after = json('advise', '--min-size', '0', out).totals;
    expect(before.repackBytes).toBeGreaterThan(0);
    expect(after.contentBytes).toBe(before.contentBytes - before.repackBytes);
    expect(after.repackBytes).toBe(0);
    expect(layers(['advise', out]).stdout).toContain('\nNothing to change.\n');
  });

  it('does not blame a base, which must be the lowest layers of the image', () => {
    const base = join(mkdtempSync(join(scratch.folder, 'base-')), 'base.tar');
    expect(layers(['squash', demo, '--from', '3', '-o', base]).status).toBe(0);
    const other = layers(['advise', demo, '--base', base]);
    expect([other.status, other.stderr]).toEqual([
      2,
      `error: the image was not built on ${base}: layer 3 differs [ERR_LAYERS_USAGE]\n` +
        'hint: give the version of the base that the image was built on; layers diff shows how both differ\n',
    ]);
    const own = json('advise', demo, '--base', demo);
    expect(own.advice).toEqual([]);
    expect(own.totals).toMatchObject({ baseLayers: 5, savableBytes: 0 });
  });

  it('is shown in short by inspect', () => {
    const { stdout } = layers(['inspect', demo]);
    const section = stdout.slice(stdout.indexOf('What to change'));
    expect(section.split('\n').slice(0, 4)).toEqual([
      'What to change (layers advise … shows all)',
      '   saves  layer  what to do',
      '   90 kB      3  `chown` stores files a second time with the same content: set the owner while the files are copied',
      expect.stringMatching(
        /^ 35\.6 kB {6}4 {2}files are removed here, but stay in the layer that stored them: do not copy/,
      ),
    ]);
  });

  it('names secrets, and says where they were searched', () => {
    const image = scratch.file(plantedArchive(), 'planted.tar');
    const shown = (...args: readonly string[]): string => {
      const { status, stdout } = layers(['advise', '--no-trunc', image, ...args]);
      expect(status).toBe(0);
      expect(leaksOf(stdout)).toEqual([]);
      return stdout.replaceAll(/\s+/g, ' ');
    };
    const names = shown();
    expect(names).toContain('and the names of files: --secrets reads files');
    expect(names).toContain('(github-token)');
    expect(names).toContain('content was not read (file-name)');
    const contents = shown('--secrets');
    expect(contents).toContain('secrets searched in the config, the history and all files');
    expect(contents).toContain('(private-key) stored layer 0');
    expect(contents).toContain('paths /root/key.pem fix');
  });

  it('finds an instruction in a bad order by earlier versions', () => {
    const version = (time: number): string => {
      const data = Buffer.alloc(20_000, 'x');
      return scratch.file(
        archiveOf(
          [
            [{ path: 'bin', data: Buffer.from('base') }],
            [{ path: 'app', data: Buffer.from(`version ${time}`) }],
            [{ path: 'modules', data, mtime: time }],
          ],
          { form: 'hybrid', compression: null },
          { history: ['ADD base /', 'COPY app /', 'RUN install'].map((created_by) => ({ created_by })) },
        ),
        `version-${time}.tar`,
      );
    };
    const [first, second, third] = [version(1), version(2), version(3)];
    const { status, stdout } = layers(['advise', third, '--history', first, '--history', second]);
    expect(status).toBe(0);
    expect(stdout).toContain(`pulled   44 kB again for no reason\n`);
    expect(stdout).toContain(' by      layer 1  COPY app /\n stored  layer 2  RUN install\n fix     move it');
    expect(layers(['advise', third]).stdout).not.toContain('pulled');
  });
});
