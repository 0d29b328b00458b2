import { gzipSync } from 'node:zlib';
import { readOne } from '@layers/testing/analysed';
import { canZstd, compress } from '@layers/testing/archive-builder';
import { blobOf, configOf, layoutOf, OCI, ociArchive } from '@layers/testing/layer-parts';
import { needsThat } from '@layers/testing/needs';
import { useScratch } from '@layers/testing/scratch';
import { buildTar } from '@layers/testing/tar-builder';
import { describe, expect, test } from 'vitest';
import { verifyArchive } from '../../src/analysis/verify.ts';

const scratch = useScratch();
const tar = buildTar([{ path: 'a', data: Buffer.from('content') }]);
const LAYER = `${OCI}.layer.v1.tar`;
const DOCKER = 'application/vnd.docker.image.rootfs.diff.tar';

function archiveOf(stored: Uint8Array, mediaType: string): string {
  const layer = blobOf(stored, mediaType);
  const config = blobOf(configOf([tar]), `${OCI}.config.v1+json`);
  const manifest = blobOf(
    { schemaVersion: 2, config: config.descriptor, layers: [layer.descriptor] },
    `${OCI}.manifest.v1+json`,
  );
  const files = [layer, config, manifest].map(({ file }) => file);
  return scratch.file(buildTar([...layoutOf([manifest.descriptor]), ...files]));
}

describe('the media type of a layer', () => {
  test.each<[string, Uint8Array, string, string | null]>([
    [
      'gzip data of an uncompressed type',
      gzipSync(tar),
      LAYER,
      'compressed with gzip, .* containerd and umoci',
    ],
    ['gzip data of the type of zstd', gzipSync(tar), `${LAYER}+zstd`, 'compressed with gzip, .*; umoci'],
    ['gzip data of an uncompressed type of Docker', gzipSync(tar), DOCKER, 'containerd and umoci'],
    ['a tar of the type of gzip', tar, `${LAYER}+gzip`, 'not compressed, .*; umoci'],
    ['a tar of the type of gzip of Docker', tar, `${DOCKER}.gzip`, 'not compressed, .*; umoci'],
    ['a tar of a foreign type of gzip', tar, `${OCI}.layer.nondistributable.v1.tar+gzip`, 'not compressed'],
    ['gzip data of its type', gzipSync(tar), `${LAYER}+gzip`, null],
    ['gzip data of its type with a parameter', gzipSync(tar), `${LAYER}+gzip; a=b`, null],
    ['a tar of its type', tar, LAYER, null],
    ['a tar of a type without meaning', tar, 'application/octet-stream', null],
  ])('%s', async (_, stored, mediaType, message) => {
    const path = archiveOf(stored, mediaType);
    const { findings } = await readOne({ path });
    const document = await verifyArchive({ path }, {}, { threads: 0 });
    for (const found of [findings, document.findings]) {
      expect(found).toEqual(
        message === null
          ? []
          : [
              {
                code: 'media-type-mismatch',
                severity: 'warning',
                message: expect.stringMatching(message),
                place: { layer: 0 },
              },
            ],
      );
    }
  });

  test('zstd data of the type of gzip', needsThat(canZstd, 'this version of Node has no zstd'), async () => {
    const { findings } = await readOne({ path: archiveOf(compress(tar, 'zstd'), `${LAYER}+gzip`) });
    expect(findings.map(({ code }) => code)).toEqual(['media-type-mismatch']);
  });
});

test.each([
  [125, []],
  [126, ['too-many-layers']],
])('an image of %i layers', async (count, codes) => {
  const layers = Array.from({ length: count }, (_, i) => [{ path: `f${i}` }]);
  const { findings } = await readOne({ path: scratch.file(ociArchive(layers)) });
  expect(findings.map(({ code }) => code)).toEqual(codes);
});

test('verify lists the findings about the tars of layers', async () => {
  const { verified, findings } = await verifyArchive(
    { path: scratch.file(ociArchive([[{ path: '.wh.' }]])) },
    {},
    { threads: 0 },
  );
  expect([verified, findings.map(({ code, place }) => [code, place?.layer])]).toEqual([
    true,
    [['bare-whiteout', 0]],
  ]);
});
