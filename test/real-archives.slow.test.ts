import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { verifyArchive } from '@layers/core/analysis';
import { documentsOf, pieceSizes, pipe } from '@layers/testing/documents';
import { errorOfAsync } from '@layers/testing/errors';
import {
  compressedBy,
  documentsEveryWay,
  expectFigures,
  type Figures,
  tarOfFolder,
} from '@layers/testing/every-way';
import { needs, needsThat } from '@layers/testing/needs';
import { imagesFolder, NO_REAL_ARCHIVES } from '@layers/testing/real-archives';
import { useScratch } from '@layers/testing/scratch';
import { describe, expect, test } from 'vitest';

const scratch = useScratch();
const folder = imagesFolder ?? '';
const pathOf = (name: string): string => join(folder, name);

const image = (layers: number, entries: number, contentBytes: number, waste?: Figures['waste']): Figures => ({
  layers,
  entries,
  contentBytes,
  ...(waste === undefined ? {} : { waste }),
});

const OCI_FILE = [image(1, 1, 11_189)];

const ARCHIVES: readonly (readonly [name: string, form: string, images: readonly Figures[]])[] = [
  ['buildkit-busybox-attestation.tar', 'docker-archive hybrid', [image(1, 442, 4_042_174)]],
  ['containerd-alpine-3.14.tar', 'docker-archive hybrid', [image(1, 511, 5_608_978)]],
  ['docker-multi-image-symlinked-layer.tar', 'docker-archive legacy', [image(1, 3, 8), image(2, 4, 14)]],
  [
    'docker113-3-images.tar',
    'docker-archive legacy',
    [image(1, 110, 142), image(1, 1, 1), image(2, 111, 143)],
  ],
  [
    'docker18-14-layers.tar',
    'docker-archive legacy',
    [image(14, 451, 1_220_598, { deleted: 19_215, rewritten: 12_810 })],
  ],
  ['docker20-alpine-modifiee.tar', 'docker-archive legacy', [image(2, 513, 5_608_978)]],
  [
    'docker20-alpine-modifiee2.tar',
    'docker-archive legacy',
    [image(3, 524, 6_439_177, { deleted: 3236, overwritten: 1172, rewritten: 829_000 })],
  ],
  ['docker25-hello-world.tar', 'docker-archive hybrid', [image(1, 1, 13_256)]],
  ['docker25-npm7-whole-gzip.tar.gz', 'docker-archive hybrid', [image(4, 1367, 10_206_719)]],
  ['docker25-save-by-id-null-manifests.tar', 'docker-archive hybrid', [image(1, 1, 9136)]],
  [
    'kaniko-14-layers.tar',
    'docker-archive plain',
    [image(14, 470, 1_326_410, { deleted: 27_747, rewritten: 18_498 })],
  ],
  ['kaniko-49-layers-3-blobs.tar', 'docker-archive plain', [image(49, 525, 4_197_682, { rewritten: 188 })]],
  ['oci-busybox-1.31.1.tar', 'oci-archive', [image(1, 420, 1_219_430)]],
  ['oci-estargz-layer.tar', 'oci-archive', OCI_FILE],
  ['oci-gzip-layer.tar', 'oci-archive', OCI_FILE],
  ['oci-uncompressed-layer.tar', 'oci-archive', OCI_FILE],
  ['oci-zstd-layer.tar', 'oci-archive', OCI_FILE],
  ['skopeo-docker-symlinked-layers.tar', 'docker-archive legacy', [image(2, 29, 93_942, { rewritten: 105 })]],
  ['skopeo-oci-opaque.tar', 'oci-archive', [image(3, 429, 1_235_829)]],
];

const LAYOUTS: readonly (readonly [name: string, images: readonly Figures[]])[] = [
  ['aufs-docker-v2-manifest', [image(1, 4, 0)]],
  ['hard-link-1', [image(1, 4, 3)]],
  ['hard-link-delete-1', [image(2, 7, 3)]],
  ['hard-link-delete-3', [image(2, 8, 3)]],
  ['hard-link-delete-xattr', [image(2, 7, 3)]],
  ['many-layers', [image(50, 50, 0)]],
  ['root-dir-entry', [image(1, 1, 0)]],
  ['whiteout-explicit-dir', [image(2, 6, 6, { deleted: 3 })]],
  ['whiteout-opaque-end', [image(2, 6, 6, { deleted: 3 })]],
];

const NGINX = 'corrupt-docker-nginx-trimmed.tar';
const NULL_MANIFEST = 'corrupt-null-manifest.tar';

/** Not archives of this test: documentation, layouts, and folders with tests of their own. */
const OTHERS = ['README.md', 'oci-layouts', 'field', 'hostile'];

describe('real archives', needsThat(imagesFolder !== undefined, NO_REAL_ARCHIVES), () => {
  test('are all in the tables of this file', () => {
    const names = readdirSync(folder).filter((name) => !OTHERS.includes(name));
    const known = [...ARCHIVES.map(([name]) => name), NGINX, NULL_MANIFEST];
    expect(names.sort()).toEqual(known.sort());
    expect(readdirSync(pathOf('oci-layouts')).sort()).toEqual(LAYOUTS.map(([name]) => name));
  });

  test.each(ARCHIVES)('%s', async (name, form, images) => {
    const documents = await documentsEveryWay(pathOf(name), scratch);
    expect([documents.format, documents.variant].filter((part) => part !== null).join(' ')).toBe(form);
    expectFigures(documents, images);
    const verdict = await verifyArchive({ path: pathOf(name) }, { image: '#1' }, { threads: 0 });
    expect(verdict.checks.filter(({ ok }) => !ok)).toEqual([]);
    expect(verdict.verified).toBe(true);
  });

  test.each(LAYOUTS)('layout %s, as a directory and through a pipe', async (name, images) => {
    const path = pathOf(`oci-layouts/${name}`);
    const documents = await documentsOf({ path }, { threads: 0 });
    expect(documents.format).toBe('oci');
    expectFigures(documents, images);
    const piped = await documentsOf(pipe(tarOfFolder(path), pieceSizes(7)), { threads: 0 });
    expect(piped).toEqual({ ...documents, format: 'oci-archive' });
  });

  for (const tool of ['zstd', 'xz', 'bzip2'] as const)
    test(`an archive that ${tool} compressed as a whole`, needs(tool), async () => {
      const path = pathOf('docker18-14-layers.tar');
      const compressed = compressedBy(tool, readFileSync(path));
      const expected = await documentsOf({ path }, { threads: 0 });
      expect(await documentsOf({ path: scratch.file(compressed) }, { threads: 0 })).toEqual(expected);
      expect(await documentsOf(pipe(compressed, pieceSizes(3)), { threads: 0 })).toEqual(expected);
    });

  test('a two-layer image shows the one file that was added', async () => {
    const { images } = await documentsOf({ path: pathOf('docker20-alpine-modifiee.tar') }, { threads: 0 });
    const [top] = images[0]?.inspect.layers.slice(1) ?? [];
    expect(top).toMatchObject({ added: 1, modified: 0, deleted: 0, wastedBytes: 0 });
    const files = images[0]?.list.entries.filter(({ layer, type }) => layer === 1 && type !== 'directory');
    expect(files?.map(({ path }) => path)).toEqual(['/tmp/mon-fichier.txt']);
    expect(top?.instruction).toContain('touch /tmp/mon-fichier.txt');
  });

  test('a later version shows the waste of a chmod, of overwriting and of deletions', async () => {
    const { images } = await documentsOf({ path: pathOf('docker20-alpine-modifiee2.tar') }, { threads: 0 });
    const { waste = [], totals } = images[0]?.waste ?? {};
    expect(totals?.wastedBytes).toBe(833_408);
    const key = (id: string) => `/etc/apk/keys/alpine-devel@lists.alpinelinux.org-${id}.rsa.pub`;
    expect(
      waste.map(({ path, sizeBytes: bytes, cause, changed }) => [path, bytes, cause, ...(changed ?? [])]),
    ).toEqual([
      ['/bin/busybox', 829_000, 'rewritten', 'mode'],
      ['/etc/passwd', 1172, 'overwritten'],
      [key('6165ee59'), 800, 'deleted'],
      [key('61666e3f'), 800, 'deleted'],
      [key('4a6a0840'), 451, 'deleted'],
      [key('5243ef4b'), 451, 'deleted'],
      [key('5261cecb'), 451, 'deleted'],
      ['/etc/motd', 283, 'deleted'],
    ]);
    for (const { layer, unreachableFromLayer, storedBy, unreachableBy } of waste) {
      expect([layer, unreachableFromLayer]).toEqual([0, 2]);
      expect(storedBy).toMatch(/^ADD file:a41bb43/);
      expect(unreachableBy).toContain('chmod 700 /bin/busybox');
    }
    expect(images[0]?.inspect.layers[2]?.metadataOnly).toBe(1);
  });

  test('a trimmed nginx image is reported as damaged, with the checks that fail', async () => {
    const { images } = await documentsEveryWay(pathOf(NGINX), scratch);
    const errors = images[0]?.inspect.findings.filter(({ severity }) => severity === 'error');
    expect(errors?.map(({ code }) => code)).toEqual(['layer-count-mismatch']);
    for (const input of [{ path: pathOf(NGINX) }, pipe(readFileSync(pathOf(NGINX)))]) {
      const { verified, checks, findings } = await verifyArchive(input, {}, { threads: 0 });
      expect(verified).toBe(false);
      const failed = checks.filter(({ ok }) => !ok);
      expect(failed.map(({ kind, subject }) => `${kind} of ${subject}`)).toEqual([
        expect.stringMatching(/^diff-id of layer 0 /),
        'structure of image',
      ]);
      expect(failed[0]?.message).toMatch(/has the DiffID sha256:\w{64}; sha256:\w{64} is declared$/);
      expect(findings.map(({ code }) => code)).toEqual(['history-mismatch']);
    }
  });

  test('an error names a manifest.json that is null', async () => {
    const path = pathOf(NULL_MANIFEST);
    for (const input of [{ path }, pipe(readFileSync(path))]) {
      const error = await errorOfAsync(() => documentsOf(input));
      expect(error).toMatchObject({ code: 'ERR_LAYERS_DOCKER_MANIFEST', archive: input.path });
      expect(error.message).toBe('manifest.json: the document should be an array of images, but is null');
      expect(error.hint).toMatch(/damaged/);
    }
    const { verified, checks, image } = await verifyArchive({ path });
    expect([verified, image, checks.length, checks[0]?.subject]).toEqual([false, null, 1, 'manifest.json']);
  });

  test('dive counts the same waste in its example image', async () => {
    const { images } = await documentsOf({ path: pathOf('docker18-14-layers.tar') }, { threads: 0 });
    expect(images[0]?.inspect.totals.wastedBytes).toBe(32_025);
  });
});
