import { gzipSync } from 'node:zlib';
import { analysed, INPUTS, readOne } from '@layers/testing/analysed';
import { errorOfAsync } from '@layers/testing/errors';
import { blobOf, configOf, layoutOf, OCI, plainArchive } from '@layers/testing/layer-parts';
import { useScratch } from '@layers/testing/scratch';
import { buildTar } from '@layers/testing/tar-builder';
import { describe, expect, test } from 'vitest';
import { inspectDocument } from '../../src/analysis/inspect.ts';
import { verifyArchive } from '../../src/analysis/verify.ts';
import { compareImages } from '../../src/diff/diff.ts';

const scratch = useScratch();
const base = buildTar([{ path: 'etc/motd', data: Buffer.from('hello') }]);

/** The image of a file system: its superblock is at byte 1024. */
const fileSystem = (fill: number): Buffer => Buffer.concat([Buffer.alloc(1024), Buffer.alloc(3072, fill)]);

/** An image of a layer with one file, and of a layer with these bytes and this type. */
function archiveWith(bytes: Uint8Array, mediaType: string): Buffer {
  const layers = [blobOf(base, `${OCI}.layer.v1.tar`), blobOf(bytes, mediaType)];
  const config = blobOf(configOf([base, bytes]), `${OCI}.config.v1+json`);
  const manifest = blobOf(
    { schemaVersion: 2, config: config.descriptor, layers: layers.map(({ descriptor }) => descriptor) },
    `${OCI}.manifest.v1+json`,
  );
  return buildTar([
    ...layoutOf([manifest.descriptor]),
    ...[...layers, config, manifest].map(({ file }) => file),
  ]);
}

const EROFS = 'application/vnd.erofs.layer.v1';
const encrypted = `${OCI}.layer.v1.tar+gzip+encrypted`;
const dockerArchive = plainArchive([
  { name: 'a.tar', tar: base },
  { name: 'b.tar', tar: fileSystem(7) },
]);

const CASES: readonly (readonly [what: string, archive: Buffer, reason: string])[] = [
  ['the image of a file system, by its type', archiveWith(fileSystem(7), EROFS), EROFS],
  ['encrypted', archiveWith(Buffer.alloc(900, 0xa7), encrypted), encrypted],
  ['a document', archiveWith(Buffer.from('SPDXVersion: SPDX-2.2'), 'text/spdx'), 'text/spdx'],
  ['a tar by its bytes, but not by its type', archiveWith(buildTar([{ path: 'a' }]), EROFS), EROFS],
  ['gzip data of another type', archiveWith(gzipSync(base), EROFS), EROFS],
  [
    'the image of a file system that calls itself a tar',
    archiveWith(fileSystem(7), `${OCI}.layer.v1.tar`),
    'begins with zeros, but has data at byte 1024',
  ],
  [
    'a squashfs file system without a type',
    archiveWith(Buffer.from(`hsqs${'\x01'.repeat(900)}`), ''),
    'but a squashfs file system',
  ],
  [
    'a zip archive',
    archiveWith(Buffer.from(`PK\x03\x04${'\x02'.repeat(900)}`), `${OCI}.layer.v1.tar`),
    'but a zip archive',
  ],
  [
    'an HTML page, shorter than a header',
    archiveWith(Buffer.from('<html>login</html>'), `${OCI}.layer.v1.tar+gzip`),
    'but an HTML page',
  ],
  [
    'a pointer of Git LFS, shorter than a header',
    archiveWith(
      Buffer.from('version https://git-lfs.github.com/spec/v1\nsize 1\n'),
      `${OCI}.layer.v1.tar+gzip`,
    ),
    'but a pointer of Git LFS',
  ],
  [
    'the error of a server on one line, shorter than a header',
    archiveWith(Buffer.from(`Unauthorized: ${'no access to this blob; '.repeat(5)}`), `${OCI}.layer.v1.tar`),
    'but text',
  ],
  [
    'the image of a file system in a docker-archive',
    buildTar(dockerArchive.files),
    'begins with zeros, but has data at byte 1024',
  ],
];

describe.each(CASES)('a layer that is %s', (_, archive, reason) => {
  test.each(INPUTS)('is a finding beside the rest of the image, from %s', async (_way, input) => {
    const document = inspectDocument(await analysed(input(archive, scratch)), { top: 1 });
    expect(document.findings).toEqual([
      {
        code: 'layer-not-a-tar',
        severity: 'error',
        message: expect.stringContaining(reason),
        place: { layer: 1 },
      },
    ]);
    expect(document.layers.map(({ entries }) => entries)).toEqual([1, 0]);
    expect(document.layers[1]?.verified).toBeNull();
    expect(document.totals.rootfsBytes).toBe(5);
    expect(document.layers[1]?.instruction).toBe('STEP 1');
  });

  test('is never verified, nor identical to itself', async () => {
    const path = scratch.file(archive);
    const { verified, checks } = await verifyArchive({ path }, {}, { threads: 0 });
    expect(verified).toBe(false);
    const failed = checks.filter(({ ok }) => !ok);
    expect(failed).toHaveLength(1);
    expect(failed[0]?.message).toContain(reason);
    const [a, b] = [await readOne({ path }), await readOne({ path })];
    const error = await errorOfAsync(() => compareImages(a, b));
    expect(error).toMatchObject({ code: 'ERR_LAYERS_NOT_A_TAR', message: expect.stringContaining(reason) });
  });
});
