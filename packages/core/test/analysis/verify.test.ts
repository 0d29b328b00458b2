import { canZstd, compress } from '@layers/testing/archive-builder';
import { pipe } from '@layers/testing/documents';
import { codeOfAsync, errorOfAsync } from '@layers/testing/errors';
import { blobOf, configOf, json, layoutOf, OCI, ociImage, plainArchive } from '@layers/testing/layer-parts';
import { useScratch } from '@layers/testing/scratch';
import { buildTar, type EntrySpec } from '@layers/testing/tar-builder';
import { describe, expect, test } from 'vitest';
import { verifyArchive } from '../../src/analysis/verify.ts';

const scratch = useScratch();
const layers = [
  buildTar([{ path: 'etc/motd', data: Buffer.from('hello') }]),
  buildTar([{ path: 'etc/issue', data: Buffer.from('issue') }]),
];
const image = ociImage(layers, { stored: ['raw', 'gzip'] });
const unused = [blobOf({ unused: true }, ''), blobOf(Buffer.from('\0\x01 no text'), '', 'sha512')];
const files: EntrySpec[] = [
  ...layoutOf([image.manifest.descriptor]),
  ...image.files,
  ...unused.map(({ file }) => file),
];

/** Returns the failed checks by kind and subject, after comparing those of a file and of a pipe. */
async function failuresOf(archive: readonly EntrySpec[]): Promise<string[]> {
  const bytes = buildTar(archive);
  const told: string[][] = [];
  for (const input of [{ path: scratch.file(bytes) }, pipe(bytes, [999])]) {
    const { verified, checks } = await verifyArchive(input, {}, { threads: 0 });
    const failed = checks.filter(({ ok }) => !ok);
    expect(verified).toBe(failed.length === 0);
    for (const { ok, message, declared: claimed, computed, kind } of checks) {
      expect(message === null).toBe(ok);
      if (kind !== 'structure') expect(claimed === computed).toBe(ok);
    }
    told.push(failed.map(({ kind, subject }) => `${kind}: ${subject}`));
  }
  expect(told[1]).toEqual(told[0]);
  return told[0] ?? [];
}

/** Returns the archive with one inverted byte in the file of that path. */
const flip = (archive: readonly EntrySpec[], path: string, at: number): EntrySpec[] =>
  archive.map((file) => {
    if (file.path !== path) return file;
    const data = Buffer.from(file.data ?? []);
    data[at] = (data[at] ?? 0) ^ 0x20;
    return { ...file, data };
  });

describe('an undamaged archive', () => {
  test('has a check for every declared value', async () => {
    const {
      verified,
      checks,
      image: told,
      findings,
    } = await verifyArchive({ path: scratch.file(buildTar(files)) }, {}, { threads: 0 });
    const [raw, gzip] = image.layers;
    expect(checks.map(({ kind, subject, ok }) => [kind, subject, ok])).toEqual([
      ['digest', image.manifest.file.path, true],
      ['size', image.manifest.file.path, true],
      ['image-id', image.config.file.path, true],
      ['size', image.config.file.path, true],
      ...[raw, gzip].flatMap((layer, i) => {
        const subject = `layer ${i} (${layer?.file.path})`;
        return [
          ['size', subject, true],
          ['digest', subject, true],
          ['diff-id', subject, true],
        ];
      }),
      ['digest', unused[0]?.file.path, true],
      ['digest', unused[1]?.file.path, true],
    ]);
    expect([verified, told?.id, findings]).toEqual([true, image.config.digest, []]);
    expect(await failuresOf(files)).toEqual([]);
  });
});

describe('one inverted byte', () => {
  test.each([0, 100, 512, 700, 1600])('in an uncompressed layer at %i is reported', async (at) => {
    const path = image.layers[0]?.file.path ?? '';
    const failures = await failuresOf(flip(files, path, at));
    expect(failures).toContain(`digest: layer 0 (${path})`);
    expect(failures).toContain(`diff-id: layer 0 (${path})`);
  });

  test('anywhere in a compressed layer is reported', async () => {
    const { path, data } = image.layers[1]?.file ?? { path: '', data: new Uint8Array(0) };
    for (let at = 0; at < data.length; at += 7) {
      const failures = await failuresOf(flip(files, path, at));
      expect(failures, `${at}`).toContain(`digest: layer 1 (${path})`);
    }
  });

  test('anywhere in the config is reported', async () => {
    const { path, data } = image.config.file;
    for (let at = 0; at < data.length; at += 5) {
      const failures = await failuresOf(flip(files, path, at));
      const named = failures.some(
        (failure) => failure === `image-id: ${path}` || failure === `digest: ${path}`,
      );
      expect(named, `${at}: ${failures}`).toBe(true);
    }
  });

  test('anywhere in the manifest is reported', async () => {
    const { path, data } = image.manifest.file;
    for (let at = 0; at < data.length; at += 5) {
      const failures = await failuresOf(flip(files, path, at));
      expect(failures, `${at}`).toContain(`digest: ${path}`);
    }
  });

  test('in a blob that the image does not use is reported', async () => {
    for (const { file } of unused)
      expect(await failuresOf(flip(files, file.path, 5))).toEqual([`digest: ${file.path}`]);
  });

  test('in the config of a docker-archive is reported, wherever the config is', async () => {
    const { files: plain, config } = plainArchive([
      { name: 'a/layer.tar', tar: layers[0] ?? Buffer.alloc(0) },
    ]);
    expect(await failuresOf(plain)).toEqual([]);
    const name = `${config.hex}.json`;
    for (let at = 0; at < config.file.data.length; at += 5) {
      expect(await failuresOf(flip(plain, name, at)), `${at}`).toContain(`image-id: ${name}`);
    }
    expect(await failuresOf(flip(plain, 'a/layer.tar', 600))).toEqual(['diff-id: layer 0 (a/layer.tar)']);
  });
});

describe('a failed check', () => {
  test('reports sizes, counts and missing layers', async () => {
    const [raw] = image.layers;
    const lie = { ...image.manifest.descriptor, size: 5 };
    const withLie = [...layoutOf([lie]), ...files.slice(2)];
    expect(await failuresOf(withLie)).toEqual([`size: ${image.manifest.file.path}`]);
    const without = files.filter(({ path }) => path !== raw?.file.path);
    expect(await failuresOf(without)).toEqual([`structure: layer 0 (${raw?.file.path})`]);
    const config = blobOf(configOf(layers.slice(0, 1)), `${OCI}.config.v1+json`);
    const manifest = blobOf(
      {
        schemaVersion: 2,
        config: config.descriptor,
        layers: image.layers.map(({ descriptor }) => descriptor),
      },
      `${OCI}.manifest.v1+json`,
    );
    const counted = [...layoutOf([manifest.descriptor]), config.file, manifest.file, ...image.files];
    expect(await failuresOf(counted)).toEqual(['structure: image']);
  });

  test('reports inconsistent documents', async () => {
    const entry = {
      Config: image.config.file.path,
      RepoTags: ['a:1'],
      Layers: image.layers.map(() => image.layers[0]?.file.path),
    };
    const hybrid = [...files, { path: 'manifest.json', data: json([entry]) }];
    expect(await failuresOf(hybrid)).toEqual(['structure: layer 1']);
    const plain = plainArchive([{ name: 'a.tar', tar: layers[0] ?? Buffer.alloc(0) }]).files;
    const repositories = { path: 'repositories', data: json({ b: { '1': 'x' } }) };
    expect(await failuresOf([...plain, repositories])).toEqual(['structure: image']);
  });

  test.runIf(canZstd)('reports a truncated zstd layer', async () => {
    const tar = layers[0] ?? Buffer.alloc(0);
    const blob = compress(tar, 'zstd');
    const layer = blobOf(blob.subarray(0, blob.length - 9), `${OCI}.layer.v1.tar+zstd`);
    const config = blobOf(configOf([tar]), `${OCI}.config.v1+json`);
    const manifest = blobOf(
      { schemaVersion: 2, config: config.descriptor, layers: [layer.descriptor] },
      `${OCI}.manifest.v1+json`,
    );
    const parts = [layer, config, manifest].map(({ file }) => file);
    expect(await failuresOf([...layoutOf([manifest.descriptor]), ...parts])).toEqual([
      `structure: layer 0 (${layer.file.path})`,
    ]);
  });

  test('reports an archive whose documents cannot be read', async () => {
    const path = image.layers[0]?.file.path ?? '';
    const broken = flip(files, path, 100).map((file) =>
      file.path === 'index.json' ? { ...file, data: Buffer.from('{') } : file,
    );
    expect(await failuresOf(broken)).toEqual(['structure: index.json', `digest: ${path}`]);
  });

  test('reports another image of the archive that cannot be read, unless one is chosen', async () => {
    const config = blobOf({ os: 'linux' }, `${OCI}.config.v1+json`);
    const bad = blobOf({ schemaVersion: 2, config: config.descriptor }, `${OCI}.manifest.v1+json`);
    const both = [
      ...layoutOf([bad.descriptor, image.manifest.descriptor]),
      ...image.files,
      config.file,
      bad.file,
    ];
    expect(await failuresOf(both)).toEqual([`structure: ${config.file.path}`]);
    const path = scratch.file(buildTar(both));
    expect((await verifyArchive({ path }, { image: '#1' })).verified).toBe(true);
  });

  test('an input that is not an image is an error, and so is an unknown image', async () => {
    const nothing = scratch.file(buildTar([{ path: 'a', data: json(1) }]));
    const error = await errorOfAsync(() => verifyArchive({ path: nothing }));
    expect(error).toMatchObject({ code: 'ERR_LAYERS_NOT_AN_IMAGE', archive: nothing });
    const path = scratch.file(buildTar(files));
    expect(await codeOfAsync(() => verifyArchive({ path }, { image: 'x' }))).toBe(
      'ERR_LAYERS_IMAGE_NOT_FOUND',
    );
  });
});
