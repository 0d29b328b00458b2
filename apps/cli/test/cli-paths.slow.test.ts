import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildDockerArchive } from '@layers/testing/archive-builder';
import { examples, layers } from '@layers/testing/command';
import { useScratch } from '@layers/testing/scratch';
import { buildTar, type EntrySpec } from '@layers/testing/tar-builder';
import { beforeAll, describe, expect, it } from 'vitest';

const scratch = useScratch();
const at = (name: string): string => join(scratch.folder, name);
const file = (path: string, text = `${path}\n`): EntrySpec => ({ path, data: Buffer.from(text) });
const demo = join(examples, 'demo.tar');
let app = '';

beforeAll(() => {
  app = at('app.tar');
  const base = [
    file('etc/a.conf'),
    file('etc/b.conf'),
    file('etc/below/c.conf'),
    file('etc/[x].conf'),
    file('etc/.wh', 'hidden\n'),
    { path: 'etc/to-directory.conf', type: 'symlink', linkpath: 'below' },
    { path: 'etc/z.conf', type: 'symlink', linkpath: 'a.conf' },
    { path: 'conf', type: 'symlink', linkpath: '/etc' },
  ] as const;
  const top = [file('etc/.wh.a.conf', ''), file('etc/d.conf')];
  const images = [{ tags: ['app:1'], layers: [buildTar(base), buildTar(top)] }];
  writeFileSync(app, buildDockerArchive({ images }, { form: 'hybrid', compression: 'gzip' }));
});

const printed = (...args: readonly string[]): string => layers(['cat', ...args]).stdout;

describe('layers cat', () => {
  it('prints several files in the order of the arguments', () => {
    expect(printed(app, '/etc/d.conf', 'etc/b.conf')).toBe('etc/d.conf\netc/b.conf\n');
  });

  it('prints the files that a pattern matches, not those of subdirectories', () => {
    expect(printed(app, '/etc/[bd].conf')).toBe('etc/b.conf\netc/d.conf\n');
    expect(printed(app, '--layer', '0', 'etc/*.conf')).toContain('etc/a.conf\netc/b.conf\n');
    expect(printed(app, 'etc/*.conf')).toBe('etc/[x].conf\netc/b.conf\netc/d.conf\n');
    expect(printed(app, '/e*/below/?.conf')).toBe('etc/below/c.conf\n');
  });

  it('follows symlinks to directories, and .., in a pattern', () => {
    expect(printed(app, '/co*/[bd].conf')).toBe('etc/b.conf\netc/d.conf\n');
    expect(printed(app, '/conf/below/../b*')).toBe('etc/b.conf\n');
    expect(printed(app, '--layer', '0', '/etc/below/../b*')).toBe('etc/b.conf\n');
    expect(layers(['cat', app, '--layer', '0', '/conf/b*']).status).toBe(2);
  });

  it('takes a name with characters of patterns literally if it exists', () => {
    expect(printed(app, '/etc/[x].conf')).toBe('etc/[x].conf\n');
  });

  it('prints nothing if one of the files is missing', () => {
    for (const missing of ['/etc/absent', '/etc/*.none']) {
      expect(layers(['cat', app, '/etc/b.conf', missing])).toMatchObject({ status: 2, stdout: '' });
    }
  });
});

describe('--layer', () => {
  const described: readonly { readonly diffId: string }[] = JSON.parse(
    layers(['inspect', '--json', demo]).stdout,
  ).layers;
  const list = (word: string) => layers(['ls', '-R', '--layer', word, demo]);

  it.each(described.map(({ diffId }, layer) => [layer, diffId] as const))(
    '%i is also named by its DiffID %s',
    (layer, diffId) => {
      const expected = list(String(layer));
      const hex = diffId.slice('sha256:'.length);
      for (const word of [diffId, hex, hex.slice(0, 12), `sha256:${hex.slice(0, 4)}`]) {
        expect(list(word)).toEqual(expected);
      }
      expect(layers(['tree', '--layer', hex.slice(0, 8), demo])).toEqual(
        layers(['tree', '--layer', String(layer), demo]),
      );
    },
  );

  it('of squash has the range of positions where --from and --to name digests', () => {
    const [, from = '', to = ''] = described.map(({ diffId }) => diffId.slice('sha256:'.length));
    const squashed = (...range: readonly string[]) =>
      layers(['squash', '--json', '--dry-run', ...range, demo]).stdout;
    const expected = squashed('--from', '1', '--to', '2');
    expect(JSON.parse(expected).images[0].layers.length).toBeLessThan(described.length);
    for (const length of [8, 64])
      expect(squashed('--from', from.slice(0, length), '--to', to.slice(0, length))).toBe(expected);
    expect(squashed('--to', `sha256:${to}`)).toBe(squashed('--to', '2'));
    expect(layers(['squash', '--from', 'ffffffff', '--dry-run', demo])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('LAYER_NOT_FOUND'),
    });
  });

  it.each(['99', 'ffffffff', '0123456789ab'])('%s does not exist', (word) => {
    expect(list(word)).toMatchObject({ status: 2, stderr: expect.stringContaining('LAYER_NOT_FOUND') });
  });

  it.each(['abc', '-1', 'xyzw', 'sha512:0000'])('%s is wrong usage', (word) => {
    expect(list(word)).toMatchObject({ status: 2, stderr: expect.stringContaining('USAGE') });
  });

  it('of diff can be a DiffID, and the same on both sides', () => {
    const start = described[1]?.diffId.slice(7, 19) ?? '';
    expect(layers(['diff', '--json', '--layer-a', start, '--layer-b', 'none', demo]).stdout).toBe(
      layers(['diff', '--json', '--layer-a', '1', '--layer-b', 'none', demo]).stdout,
    );
    expect(layers(['diff', '--layer-a', '2', '--layer-b', '2', demo]).status).toBe(0);
  });
});

describe('layers append', () => {
  const paths = (archive: string): string[] => layers(['ls', '-R', archive]).stdout.trim().split('\n');

  it('deletes what a pattern matches', () => {
    const output = at('deleted.tar');
    expect(layers(['append', app, '--delete', '/etc/*.conf', '-o', output]).status).toBe(0);
    expect(paths(output)).toEqual(['/conf', '/etc', '/etc/.wh', '/etc/below', '/etc/below/c.conf']);
    const all = at('all.tar');
    expect(layers(['append', app, '--delete', '/etc/*', '-o', all]).status).toBe(0);
    expect(paths(all)).toEqual(['/conf', '/etc']);
    const linked = at('linked.tar');
    expect(layers(['append', app, '--delete', '/conf/*', '-o', linked]).status).toBe(0);
    expect(paths(linked)).toEqual(['/conf', '/etc']);
    expect(layers(['append', app, '--delete', '/etc/*.none'])).toMatchObject({ status: 2, stdout: '' });
  });

  it('adds a tar from standard input', () => {
    const tar = buildTar([file('new', 'new\n')]);
    const output = at('added.tar');
    const run = layers(['append', app, '--add', '-:/srv', '-o', output], { input: tar });
    expect([run.status, printed(output, '/srv/new')]).toEqual([0, 'new\n']);
    const { history } = JSON.parse(layers(['history', '--json', output]).stdout);
    expect(history[0].createdBy).toContain('--add -:/srv');
  });

  it('refuses other bytes on standard input, and standard input for two things', () => {
    expect(layers(['append', app, '--add', '-'], { input: Buffer.from('text') })).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('standard input is not a tar'),
    });
    for (const args of [
      ['append', '-', '--add', '-'],
      ['append', app, '--add', '-', '--add', '-:/x'],
    ]) {
      const { status, stderr } = layers(args, { input: readFileSync(app) });
      expect([status, stderr]).toEqual([2, expect.stringContaining('standard input is named twice')]);
    }
  });
});
