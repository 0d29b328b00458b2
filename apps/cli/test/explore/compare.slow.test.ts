import { join } from 'node:path';
import { examples, layers } from '@layers/testing/command';
import { explore, walk } from '@layers/testing/explorer-program';
import { ociArchive } from '@layers/testing/layer-parts';
import { useScratch } from '@layers/testing/scratch';
import { expect, test } from 'vitest';

const scratch = useScratch();
const file = (path: string, text: string, more: object = {}) => ({ path, data: Buffer.from(text), ...more });

test('d shows the difference of a file and its previous version, from the tree and from the file', async () => {
  const image = scratch.file(
    ociArchive([
      [file('motd', 'welcome\nto a\n'), file('bin', 'a\0')],
      [file('motd', 'welcome\nto b\n', { mode: 0o600 }), file('bin', 'b\0')],
    ]),
  );
  const program = await explore(image);
  await walk(program, [
    ['G\t/motd\r', '>~'],
    ['d', ' Difference of /motd'],
  ]);
  const screen = program.screen().join('\n');
  expect(screen).toContain('before  layer 0');
  expect(screen).toContain('(0644) -> -rw------- (0600)');
  expect(screen).toMatch(/\n -to a *\n \+to b/);
  await walk(program, [
    ['q', '[Files'],
    ['\r', '/motd  of layer 1'],
    ['d', '+to b'],
    ['q', '/motd  of layer 1'],
    ['q', '[Files'],
    ['/bin\r', '/bin'],
    ['d', 'binary files'],
  ]);
});

test('two images are walked through: what differs, the layers of each, and the lines of a file', async () => {
  const base = [file('etc/os', 'debian\n')];
  const a = scratch.file(ociArchive([base, [file('app/conf', 'port 80\n'), file('app/old', 'old\n')]]));
  const b = scratch.file(ociArchive([base, [file('app/conf', 'port 8080\n'), file('app/new', 'new\n')]]));
  const { totals } = JSON.parse(layers(['diff', '--json', a, b]).stdout);
  const program = await explore([a, b], { columns: 120 });
  expect(program.screen()[0]).toContain(
    `+${totals.deltaBytes} B, +${totals.added} ~${totals.changed} -${totals.removed}, 1 layer shared`,
  );
  await walk(program, [
    ['\tE', ' +       4 B'],
    ['/conf\r', 'content differs'],
    ['d', '+port 8080'],
    ['q', '[Files of B, compared with A]'],
    ['/old\r', 'layer A1  + added'],
    ['xout\x15', 'extract into'],
    ['\x1b', 'Esc ends'],
    ['\t', '[Layers]'],
    ['I', '1 shared'],
    ['q', '[Layers]'],
    ['jm', 'layer A0 is marked'],
    ['Gd', '[Files after layer B1, compared with layer A0]'],
    ['q', ''],
  ]);
  expect(await program.ended).toBe(0);
});

test('--base marks the layers of the base, and the filter own shows what others touched', async () => {
  const base = [[file('etc/os', 'debian\n'), file('junk', 'x'.repeat(500))], [{ path: '.wh.junk' }]];
  const baseImage = scratch.file(ociArchive(base));
  const image = scratch.file(ociArchive([...base, [file('app', 'y'.repeat(70)), file('etc/os', 'mine\n')]]));
  const inspected = JSON.parse(layers(['inspect', '--json', '--base', baseImage, image]).stdout);
  const program = await explore(['--base', baseImage, image], { columns: 120 });
  const { layers: count, wastedBytes, ownWastedBytes } = inspected.base;
  expect(program.screen().join('\n')).toContain(
    `base     ${count} layers, wasted ${wastedBytes} B; above it wasted ${ownWastedBytes} B`,
  );
  expect(program.screen().filter((line) => /^[> ]+\d.* base {2}STEP/.test(line))).toHaveLength(2);
  await walk(program, [
    ['fown\r', 'filter own  2 paths'],
    ['W', `Waste  ${ownWastedBytes} B of`],
  ]);
  expect(program.screen().join('\n')).not.toContain('junk');
});

test('an archive with several images is compared with itself by --image-b', async () => {
  const program = await explore(['--image', '#1', '--image-b', '#2', join(examples, 'two-images.tar')]);
  expect(program.screen()[0]).toContain('bramble-web:2.0 -> bramble-worker:2.0  -3 kB, +2 ~0 -2');
});

test('--base is refused with two images', () => {
  const { status, stderr } = layers(['explore', '--base', 'base.tar', 'a.tar', 'b.tar']);
  expect([status, stderr]).toEqual([2, expect.stringContaining('is not a terminal')]);
});
