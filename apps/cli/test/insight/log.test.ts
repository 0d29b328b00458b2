import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { examples, layers } from '@layers/testing/command';
import { archiveOf } from '@layers/testing/diff-archives';
import { needs } from '@layers/testing/needs';
import { useScratch } from '@layers/testing/scratch';
import { describe, expect, it } from 'vitest';

const scratch = useScratch();
const text = (value: string): Buffer => Buffer.from(value);
const archive = scratch.file(
  archiveOf([
    [
      { path: 'usr/lib/x\x1b', data: text('one\n'), mtime: 1000 },
      { path: 'lib', type: 'symlink', linkpath: 'usr/lib', mtime: 1000 },
      { path: 'd/a', data: text('a\n'), mtime: 1000 },
      { path: 'd/b', type: 'link', linkpath: 'd/a', mtime: 1000 },
    ],
    [{ path: 'usr/lib/x\x1b', data: text('two\n'), mode: 0o600, mtime: 2000 }],
    [{ path: '.wh.d' }, { path: 'usr/lib/x\x1b', data: text('two\n'), mode: 0o600, mtime: 2000 }],
  ]),
  'log.tar',
);
const one = '2c8b08da5ce6';
const two = '27dd8ed44a83';

describe('layers log', () => {
  it('shows what each layer did, with attributes, digests and instructions', () => {
    const { status, stdout } = layers(['log', archive, '/lib/x\x1b']);
    expect([status, stdout]).toEqual([
      0,
      [
        '/usr/lib/x\\x1b',
        '   0  added     -rw-r--r--      0:0       4 B  1970-01-01 00:16  layer 0',
        `      sha256:${one}`,
        '   1  changed   -rw-------      0:0       4 B  1970-01-01 00:33  layer 1',
        `      other mode, mtime, content; sha256:${two}`,
        '   2  changed   -rw-------      0:0       4 B  1970-01-01 00:33  layer 2',
        `      no difference; sha256:${two}`,
        '',
      ].join('\n'),
    ]);
  });

  it('shows causes and hard links', () => {
    const { stdout } = layers(['log', '--no-trunc', archive, 'd/b']);
    expect(stdout).toContain('/d/b  (deleted)\n');
    expect(stdout).toContain(
      '      hard link to /d/a; sha256:87428fc522803d31065e7bce3cf03fe475096631e5e07bbd7a0fde60c4cf25c7\n',
    );
    expect(stdout).toMatch(/ {3}2 {2}deleted +layer 2\n {6}whiteout of \/d\n$/);
  });

  it('reads a pipe, with a note', () => {
    const { status, stdout, stderr } = layers(['log', '-', '/d/a'], { input: readFileSync(archive) });
    expect([status, stdout]).toEqual([0, layers(['log', archive, '/d/a']).stdout]);
    expect(stderr).toMatch(/^note: .*copying the input/);
  });

  it('names similar paths where no layer has the path', () => {
    const { status, stderr } = layers(['log', archive, '/libs']);
    expect([status, stderr]).toEqual([
      2,
      'error: the image has no "/libs" [ERR_LAYERS_PATH_NOT_FOUND]\nhint: the image has /lib\n',
    ]);
  });

  it('prints patches that patch applies, one after the other', needs('patch'), () => {
    const demo = join(examples, 'demo.tar');
    const { stdout } = layers(['log', '-p', demo, '/etc/bramble/bramble.conf']);
    const { status } = spawnSync('patch', ['-p1', '-d', scratch.folder], { input: stdout });
    expect(status).toBe(0);
    const patched = readFileSync(join(scratch.folder, 'etc/bramble/bramble.conf'), 'utf8');
    expect(patched).toBe(layers(['cat', demo, '/etc/bramble/bramble.conf']).stdout);
  });

  it('shows modes and links in patches', () => {
    const { stdout } = layers(['log', '-p', archive, '/lib/x\x1b']);
    expect(stdout).toContain('old mode 100644\nnew mode 100600\n');
    expect(stdout).toContain('-one\n+two\n');
    expect(stdout).not.toContain('Attributes of');
    expect(layers(['log', '-p', archive, '/lib']).stdout).toContain('new file mode 120000\n');
  });
});
