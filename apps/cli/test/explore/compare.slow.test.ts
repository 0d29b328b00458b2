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
