import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { layersAsync } from '@layers/testing/command';
import { pushedImage, pushedIndex } from '@layers/testing/registry/pushed-image';
import { useScratch } from '@layers/testing/scratch';
import { buildTar } from '@layers/testing/tar-builder';
import { expect, it } from 'vitest';
import { useRegistries } from '../support/registries.ts';

const scratch = useScratch();
const start = useRegistries();
const at = (name: string): string => join(scratch.folder, name);
const tar = (text: string) => buildTar([{ path: 'a', data: Buffer.from(text) }]);

const fleet = (...args: readonly string[]) =>
  layersAsync(['fleet', ...args, '--fleet', at('fleet')], { env: { TMPDIR: scratch.folder } });
const rowsOf = async (sql: string) => JSON.parse((await fleet('sql', sql, '--json')).stdout).rows;

it('scans the images of a registry that a pattern means, each blob once, and again only what changed', async () => {
  const registry = await start();
  const { storage, domain } = registry;
  const base = tar('base');
  for (const n of [1, 2]) pushedImage(storage, 'team/app', `1.${n}`, { layers: [base, tar(`app ${n}`)] });
  pushedIndex(storage, 'team/web', 'latest', [
    { os: 'linux', architecture: 'amd64', layers: [base, tar('amd64')] },
    { os: 'linux', architecture: 'arm64', layers: [base, tar('arm64')] },
  ]);
  pushedImage(storage, 'other', '1', { layers: [tar('other')] });

  const scanned = await fleet('scan', `docker://${domain}/team/*`, '--json');
  expect([scanned.status, scanned.stderr]).toEqual([0, '']);
  expect(JSON.parse(scanned.stdout)).toMatchObject({ sources: 3, images: 4, newLayers: 5, problems: 0 });
  expect(await rowsOf('SELECT DISTINCT tag, source FROM tags ORDER BY tag')).toEqual(
    ['team/app:1.1', 'team/app:1.2', 'team/web:latest'].map((name) => ({
      tag: `${domain}/${name}`,
      source: `docker://${domain}/${name}`,
    })),
  );
  const blobs = registry.log.records.flatMap(({ method, path }) =>
    method === 'GET' && path.includes('/blobs/') ? [path.split('/').at(-1)] : [],
  );
  expect(new Set(blobs).size).toBe(blobs.length);

  pushedImage(storage, 'team/app', '1.2', { layers: [base, tar('app 3')] });
  const again = JSON.parse((await fleet('scan', `docker://${domain}/team/*:*`, '--json')).stdout);
  expect(again).toMatchObject({ sources: 3, unchangedSources: 2, newImages: 1, newLayers: 1 });
  const chosen = await fleet(
    'scan',
    `docker://${domain}/team/app:1.*`,
    `docker://${domain}/other:1`,
    '--json',
  );
  expect(JSON.parse(chosen.stdout)).toMatchObject({ sources: 3, images: 3 });
  // What was copied to this machine is removed.
  expect(readdirSync(scratch.folder).filter((name) => name.startsWith('layers-'))).toEqual([]);
});

it('says what to type where a registry lists no repositories, and reports images that are gone', async () => {
  const registry = await start();
  registry.faults = ({ path }) => (path.startsWith('/v2/_catalog') ? { kind: 'status', status: 404 } : null);
  const refused = await fleet('scan', `docker://${registry.domain}/team/*`);
  expect([refused.status, refused.stderr]).toEqual([
    3,
    expect.stringContaining(
      `hint: name its repositories, also one a line with --from: layers fleet scan 'docker://`,
    ),
  ]);
  pushedImage(registry.storage, 'app', '1', { layers: [tar('app')] });
  const some = await fleet(
    'scan',
    `docker://${registry.domain}/app:*`,
    `docker://${registry.domain}/app:2`,
    '--json',
  );
  expect([some.status, JSON.parse(some.stdout)]).toEqual([
    1,
    expect.objectContaining({ images: 1, problems: 1 }),
  ]);
  const none = await fleet('scan', `docker://${registry.domain}/app:3.*`);
  expect([none.status, none.stderr]).toEqual([3, expect.stringContaining('[ERR_LAYERS_INPUT_MISSING]')]);
});
