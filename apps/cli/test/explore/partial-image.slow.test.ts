import { randomBytes } from 'node:crypto';
import { explore, shows, walk } from '@layers/testing/explorer-program';
import { pushedImage } from '@layers/testing/registry/pushed-image';
import { startTestRegistry } from '@layers/testing/registry/test-registry';
import { buildTar } from '@layers/testing/tar-builder';
import { expect, onTestFinished, test } from 'vitest';

test('shows the layers of a registry that are read, while others are fetched', async () => {
  const registry = await startTestRegistry();
  onTestFinished(() => registry.stop());
  const { layers } = pushedImage(registry.storage, 'app', '1', {
    layers: [
      buildTar([
        { path: 'etc/', type: 'directory' },
        { path: 'etc/motd', data: Buffer.from('welcome\n') },
      ]),
      buildTar([{ path: 'etc/new', data: randomBytes(100_000) }]),
    ],
  });
  // About four seconds; it is not held longer than the test needs.
  const upper = layers[1]?.digest ?? '';
  registry.faults = ({ path }) => (path.endsWith(upper) ? { kind: 'slow', bytes: 2500, everyMs: 100 } : null);
  const program = await explore(`docker://${registry.domain}/app:1`);
  await program.until(shows('1 of 2 layers read'), 'the lower layer');
  expect(program.screen().find((line) => line.includes('COPY file1'))).toMatch(/ 1 +… +… +COPY file1/);
  await walk(program, [
    ['\t', '▸ etc/'],
    [' j', 'motd'],
    ['\r', 'welcome'],
    ['q', 'motd'],
    ['W', 'wait until all layers are read'],
    [']]', 'not read yet'],
  ]);
  // What is selected stays.
  await program.until(shows('Files after layer 1, its changes'), 'the upper layer');
  await program.until(shows('+    100 kB'), 'its files');
  expect(program.screen()[0]).toContain('2 layers');
  await walk(program, [
    ['[[', 'motd'],
    ['W', 'Waste'],
  ]);
  program.type('q');
  program.type('q');
  expect(await program.ended).toBe(0);
  const gets = registry.log.records.filter(
    ({ path, method }) => method === 'GET' && path.includes('/blobs/'),
  );
  expect(gets).toHaveLength(3);
});

test('leaves while layers are fetched', async () => {
  const registry = await startTestRegistry();
  onTestFinished(() => registry.stop());
  const { layers } = pushedImage(registry.storage, 'app', '1', {
    layers: [buildTar([{ path: 'a', data: randomBytes(100_000) }])],
  });
  const only = layers[0]?.digest ?? '';
  registry.faults = ({ path }) => (path.endsWith(only) ? { kind: 'slow', bytes: 100, everyMs: 100 } : null);
  const program = await explore(`docker://${registry.domain}/app:1`);
  await program.until(shows('0 of 1 layer read'), 'the first screen');
  program.type('q');
  expect(await program.ended).toBe(0);
  expect(program.hasScreen()).toBe(false);
});
