import { join } from 'node:path';
import { examples, layers, shell } from '@layers/testing/command';
import { archiveOf } from '@layers/testing/diff-archives';
import { useScratch } from '@layers/testing/scratch';
import { describe, expect, it } from 'vitest';

const scratch = useScratch();
const capability = new Map([['security.capability', Buffer.from([1, 0, 0, 2])]]);
const archive = scratch.file(
  archiveOf([
    [
      { path: 'bin/su', data: Buffer.from('su'), mode: 0o4755, mtime: 1000 },
      { path: 'bin/ping', data: Buffer.from('ping'), xattrs: capability, mtime: 1000 },
      { path: 'bin/group', data: Buffer.from('g'), mode: 0o2755, mtime: 1000 },
      { path: 'tmp', type: 'directory', mode: 0o2777, mtime: 1000 },
      { path: 'tmp/old', data: Buffer.alloc(2000), mtime: 1000 },
      { path: 'lib', type: 'symlink', linkpath: 'usr/lib', mtime: 1000 },
    ],
    [
      { path: 'bin/su', data: Buffer.from('su'), mode: 0o755, mtime: 2000 },
      { path: '.wh.tmp' },
      { path: 'a\x1bb', type: 'fifo' },
    ],
  ]),
  'find.tar',
);

function found(...args: readonly string[]): string[] {
  const { stdout } = layers(['find', '--jsonl', archive, ...args]);
  const lines = stdout.split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line).path);
}

describe('layers find', () => {
  it.each([
    [['--setuid'], ['/bin/group', '/bin/ping', '/bin/su']],
    [['--setuid', '--layer', '1'], []],
    [['--deleted'], ['/tmp', '/tmp/old']],
    [['--deleted', '--type', 'f'], ['/tmp/old']],
    [['--size', '+1k'], ['/tmp/old']],
    [['--size', '2kB'], ['/tmp/old']],
    [['--size', '-2'], ['/bin/group']],
    [
      ['--layer', '1'],
      ['/a\x1bb', '/bin/su', '/tmp', '/tmp/old'],
    ],
    [['--layer', '1', '--size', '+1k'], ['/tmp/old']],
    [
      ['--type', 'l,fifo'],
      ['/a\x1bb', '/lib'],
    ],
    [['--newer', '@1000'], ['/bin/su']],
    [
      ['s?', '/tmp/*'],
      ['/bin/su', '/tmp/old'],
    ],
    [['/bin/*', '--size', '2'], ['/bin/su']],
  ])('%j finds %j', (args, expected) => {
    expect(found(...args)).toEqual(expected);
  });

  it('shows what each layer did', () => {
    const { status, stdout } = layers(['find', archive, 'su', 'old']);
    expect([status, stdout]).toEqual([
      0,
      [
        '/bin/su',
        '   0  added     -rwsr-xr-x      0:0       2 B  1970-01-01 00:16  layer 0',
        '   1  changed   -rwxr-xr-x      0:0       2 B  1970-01-01 00:33  layer 1',
        '/tmp/old  (deleted)',
        '   0  added     -rw-r--r--      0:0      2 kB  1970-01-01 00:16  layer 0',
        '   1  deleted                                                    layer 1',
        '',
      ].join('\n'),
    ]);
  });

  it('escapes names, and cuts instructions at the width of the terminal', () => {
    const { stdout } = layers(['find', archive], { env: { COLUMNS: '72' } });
    expect(stdout).toContain('/a\\x1bb\n');
    expect(layers(['find', join(examples, 'demo.tar')], { env: { COLUMNS: '100' } }).stdout).toMatch(/…\n/);
  });

  it('ends with status 1 if nothing matches, however much is read', () => {
    for (const form of [[], ['--json'], ['--jsonl'], ['-q']])
      expect(layers(['find', ...form, archive, 'absent'])).toMatchObject({ status: 1, stderr: '' });
    expect(JSON.parse(layers(['find', '--json', archive, 'absent']).stdout).matches).toEqual([]);
    for (const form of ['', '--json', '--jsonl']) {
      const { stdout } = shell(`layers find ${form} ${archive} su | head -c 0; echo \${PIPESTATUS[0]}`);
      expect(stdout).toBe('0\n');
    }
  });

  it.each([
    [['[b-a]'], 'ERR_LAYERS_USAGE'],
    [['--layer', '7'], 'ERR_LAYERS_LAYER_NOT_FOUND'],
    [['--size', 'x'], 'ERR_LAYERS_USAGE'],
    [['--newer', 'x'], 'ERR_LAYERS_USAGE'],
    [['--type', 'x'], 'ERR_LAYERS_USAGE'],
  ])('refuses %j', (args, code) => {
    const { status, stderr } = layers(['find', archive, ...args]);
    expect([status, stderr.includes(`[${code}]`)]).toEqual([2, true]);
  });
});
