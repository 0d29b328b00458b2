import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { openArchive, readImage, selectImage } from '@layers/core/image';
import { writeImages } from '@layers/rewrite/archive';
import { END_OF_TAR } from '@layers/tar';
import { buildDockerArchive, canZstd, compress, sha256 } from '@layers/testing/archive-builder';
import { codeOfAsync, errorOfAsync } from '@layers/testing/errors';
import { needs, needsThat } from '@layers/testing/needs';
import { useScratch } from '@layers/testing/scratch';
import { buildTar, type EntrySpec } from '@layers/testing/tar-builder';
import type { TestOptions } from 'vitest';
import { describe, expect, it, vi } from 'vitest';
import { type ImportedRootfs, type ImportOptions, importRootfs } from '../../src/import/import-rootfs.ts';
import type { RootfsInput } from '../../src/import/rootfs-input.ts';

const scratch = useScratch();
const text = (value: string): Buffer => Buffer.from(value);

const ENTRIES: readonly EntrySpec[] = [
  { path: 'etc/', type: 'directory', mode: 0o755, mtime: 1_600_000_000 },
  { path: 'etc/name', data: text('me\n'), mtime: 1_700_000_000 },
  { path: 'bin', type: 'symlink', linkpath: 'usr/bin', mtime: -5 },
  { path: 'usr/bin/a', data: Buffer.alloc(30_000, 'a'), mtime: 1_650_000_000 },
];
const TAR = buildTar(ENTRIES);
const GZIP = { kind: 'gzip', level: null } as const;

/** Yields chunks that are overwritten once the next one is requested. */
async function* chunksOf(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  const view = new Uint8Array(size);
  for (let at = 0; at < bytes.length; at += size) {
    const part = bytes.subarray(at, at + size);
    view.set(part);
    yield view.subarray(0, part.length);
    view.fill(0xee);
  }
}

let outputs = 0;

/** Writes an imported image as a layout, and returns its content. */
async function layoutOf(imported: ImportedRootfs) {
  const path = join(scratch.folder, `layout-${outputs++}`);
  const [written] = await writeImages(
    [imported.image],
    { kind: 'directory', path, force: false },
    { format: 'oci-dir' },
  );
  if (written === undefined) throw new Error('no image was written');
  const blob = (digest: string): Buffer => readFileSync(join(path, 'blobs', digest.replace(':', '/')));
  const config = JSON.parse(blob(written.id).toString());
  return { path, written, config, layer: blob(written.layers[0]?.digest ?? '') };
}

async function importAndRead(input: RootfsInput, options?: ImportOptions) {
  const imported = await importRootfs(input, options);
  return { ...(await layoutOf(imported)), report: imported.report() };
}

const importTar = (tar: Uint8Array, options?: ImportOptions) =>
  importAndRead({ path: scratch.file(tar) }, options);
const importEntries = (entries: readonly EntrySpec[]) => importTar(buildTar(entries));

describe('the layer', () => {
  it('is the tar byte for byte', async () => {
    const { layer, written, config } = await importTar(TAR);
    expect(layer.equals(TAR)).toBe(true);
    expect(written.layers[0]).toMatchObject({
      digest: `sha256:${sha256(TAR)}`,
      sizeBytes: TAR.length,
      kept: false,
    });
    expect(config.rootfs).toEqual({ type: 'layers', diff_ids: [`sha256:${sha256(TAR)}`] });
  });

  it.each([1, 511, 4096])('is the same from a pipe in chunks of %i bytes', async (size) => {
    const fromPipe = await importAndRead({ stream: chunksOf(TAR, size) });
    expect(fromPipe.layer.equals(TAR)).toBe(true);
    expect(fromPipe.written).toEqual((await importTar(TAR)).written);
  });

  it('keeps bytes after the end of the tar, as Docker does', async () => {
    const tar = Buffer.concat([TAR, Buffer.alloc(9000), text('more')]);
    expect((await importTar(tar)).layer.equals(tar)).toBe(true);
  });

  const compressors: [name: string, options: TestOptions, compressTar: (path: string) => Buffer][] = [
    ['gzip', {}, () => gzipSync(TAR)],
    ['xz', needs('xz'), (path) => execFileSync('xz', ['-c', path])],
    ['bzip2', needs('bzip2'), (path) => execFileSync('bzip2', ['-c', path])],
    ['zstd', needsThat(canZstd, 'this version of Node has no zstd'), () => compress(TAR, 'zstd')],
  ];
  for (const [name, options, compressTar] of compressors) {
    it(`is decompressed from ${name}`, options, async () => {
      const bytes = compressTar(scratch.file(TAR));
      const file = await importTar(bytes);
      expect(file.layer.equals(TAR)).toBe(true);
      expect(file.report.compression).not.toBeNull();
      const pipe = await importAndRead({ stream: chunksOf(bytes, 3) });
      expect(pipe.written).toEqual(file.written);
    });
  }

  it('is compressed on request', async () => {
    const { layer, written, config } = await importTar(TAR, { compression: GZIP });
    expect(written.layers[0]?.mediaType).toBe('application/vnd.oci.image.layer.v1.tar+gzip');
    expect([...layer.subarray(0, 2)]).toEqual([0x1f, 0x8b]);
    expect(config.rootfs.diff_ids).toEqual([`sha256:${sha256(TAR)}`]);
  });

  it('may be empty', async () => {
    const { report, layer } = await importTar(Buffer.alloc(10_240));
    expect(report).toMatchObject({ entries: 0, findings: [], created: '1970-01-01T00:00:00Z' });
    expect(layer.length).toBe(10_240);
  });
});

describe('the config', () => {
  it('is the config of docker import without unset fields', async () => {
    const platform = { os: 'linux', architecture: 'arm64', variant: 'v8' };
    const { config } = await importTar(TAR, {
      changes: ['CMD ["sh"]', 'ENV A=b'],
      platform,
      message: 'mine',
    });
    const created = '2023-11-14T22:13:20Z';
    expect(config).toEqual({
      architecture: 'arm64',
      comment: 'mine',
      config: { Env: ['A=b'], Cmd: ['sh'] },
      created,
      history: [{ created, comment: 'mine' }],
      os: 'linux',
      rootfs: { type: 'layers', diff_ids: [`sha256:${sha256(TAR)}`] },
      variant: 'v8',
    });
  });

  it('has the default message of Docker', async () => {
    for (const message of [undefined, ''])
      expect((await importTar(TAR, { message })).config.comment).toBe('Imported from -');
  });

  it('has the time of the newest entry, so that the id is reproducible', async () => {
    const first = await importTar(TAR);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2040, 0) });
    const second = await importAndRead({ stream: chunksOf(TAR, 1000) });
    vi.useRealTimers();
    expect(second.written.id).toBe(first.written.id);
    expect(first.report.created).toBe('2023-11-14T22:13:20Z');
  });

  it('has the given time', async () => {
    const created = '2001-02-03T04:05:06.789+01:00';
    const { config, report } = await importTar(TAR, { created });
    expect([config.created, report.created]).toEqual([created, created]);
  });

  it.each([
    [[-1], '1970-01-01T00:00:00Z'],
    [[2 ** 33], '2242-03-16T12:56:32Z'],
    [[253_402_300_799], '9999-12-31T23:59:59Z'],
    [[253_402_300_800, 77], '1970-01-01T00:01:17Z'],
    [[2 ** 52], '1970-01-01T00:00:00Z'],
  ])('has a valid time for entries with the times %j', async (times, expected) => {
    const entries = times.map((mtime, i): EntrySpec => ({ path: `f${i}`, mtime }));
    expect((await importEntries(entries)).config.created).toBe(expected);
  });

  it('is checked before the input is read', async () => {
    const options = { changes: ['RUN x'] };
    expect(await codeOfAsync(() => importRootfs({ path: '/missing' }, options))).toBe(
      'ERR_LAYERS_DOCKERFILE',
    );
  });
});

describe('archives of an imported image', () => {
  it.each(['hybrid', 'docker', 'oci'] as const)('can be written as %s, and read again', async (format) => {
    for (const input of [
      { path: scratch.file(TAR) },
      { path: scratch.file(gzipSync(TAR)) },
      { stream: chunksOf(TAR, 700) },
    ]) {
      const { image } = await importRootfs(input, { tags: ['mine:1'] });
      const path = join(scratch.folder, `archive-${outputs++}.tar`);
      const target = { kind: 'file', path, force: false } as const;
      await writeImages([image], target, { format });
      const archive = await openArchive({ path });
      const read = await readImage(archive, selectImage(archive, {}), { verify: true });
      expect(read.description.tags).toEqual(['mine:1']);
      expect(read.layers.map(({ verified }) => verified)).toEqual([true]);
      expect(read.description.config.created).toBe('2023-11-14T22:13:20Z');
    }
  });
});

describe('a pipe', () => {
  it('can be read once', async () => {
    const { image } = await importRootfs({ stream: chunksOf(TAR, 100) });
    const [layer] = image.layers;
    if (layer?.kind !== 'generated') throw new Error('the layer is not generated');
    for await (const _ of layer.tar()) break;
    const error = await errorOfAsync(async () => {
      for await (const _ of layer.tar()) break;
    });
    expect(error.code).toBe('ERR_LAYERS_NEEDS_FILE');
  });

  it('may be a path', async () => {
    const fifo = join(scratch.folder, 'fifo');
    execFileSync('mkfifo', [fifo]);
    const [{ layer }] = await Promise.all([
      importAndRead({ path: fifo }),
      import('node:fs/promises').then(({ writeFile }) => writeFile(fifo, TAR)),
    ]);
    expect(layer.equals(TAR)).toBe(true);
  });

  it('that fails is an error of the import', async () => {
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield TAR.subarray(0, 1024);
      throw new Error('the writer ended');
    }
    await expect(importAndRead({ stream: failing() })).rejects.toThrow('the writer ended');
  });

  it('is closed after an error in its bytes', async () => {
    let closed = false;
    async function* endless(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield Buffer.alloc(4096, 'not a tar ');
      } finally {
        closed = true;
      }
    }
    expect(await codeOfAsync(() => importAndRead({ stream: endless() }))).toBe('ERR_LAYERS_TAR_CHECKSUM');
    expect(closed).toBe(true);
  });
});

describe('findings', () => {
  it.each<[string, string, readonly EntrySpec[]]>([
    ['name-climbs-out', 'a name outside of the root', [{ path: '../../etc/passwd' }]],
    ['duplicate-entry', 'a repeated path', [{ path: 'a' }, { path: 'a', data: text('x') }]],
    ['whiteout-of-nothing', 'a whiteout without effect', [{ path: '.wh.a' }]],
    ['whiteout-with-entry', 'a whiteout of an entry of the same tar', [{ path: 'a' }, { path: '.wh.a' }]],
    ['bare-whiteout', 'a whiteout without a name', [{ path: '.wh.' }]],
    ['unknown-type', 'an entry of an unknown type', [{ path: 'a', type: 'unknown' }]],
    ['dangling-link', 'a dangling hard link', [{ path: 'a', type: 'link', linkpath: 'b' }]],
    ['root-not-directory', 'a file at the path of the root', [{ path: '.' }]],
  ])('%s: %s', async (code, _, entries) => {
    const { report } = await importEntries([{ path: 'ok' }, ...entries]);
    expect(report.findings.map((finding) => finding.code)).toContain(code);
    expect(report.entries).toBe(entries.length + 1);
  });

  it('are absent for a normal tree', async () => {
    expect((await importTar(TAR)).report).toMatchObject({ entries: 4, tarBytes: TAR.length, findings: [] });
  });

  it('are not known before the image is written', async () => {
    const { report } = await importRootfs({ path: scratch.file(TAR) });
    expect(await codeOfAsync(report)).toBe('ERR_LAYERS_INTERNAL');
  });
});

describe('errors', () => {
  it.each([
    ['an empty file', Buffer.alloc(0), 'ERR_LAYERS_TAR_TRUNCATED', 'the input is empty'],
    ['a text', text('hello world\n'.repeat(100)), 'ERR_LAYERS_TAR_CHECKSUM', 'not a tar archive'],
    ['a short text', text('hello'), 'ERR_LAYERS_TAR_TRUNCATED', ''],
    ['half a tar', TAR.subarray(0, 20_000), 'ERR_LAYERS_TAR_TRUNCATED', ''],
    ['half a compressed tar', gzipSync(TAR).subarray(0, 200), 'ERR_LAYERS_GZIP_TRUNCATED', ''],
    ['a tar compressed twice', gzipSync(gzipSync(TAR)), 'ERR_LAYERS_TAR_', 'twice'],
    [
      'a compressed text',
      gzipSync(text('hello '.repeat(200))),
      'ERR_LAYERS_TAR_CHECKSUM',
      'not a tar archive',
    ],
    [
      'junk after a compressed tar',
      Buffer.concat([gzipSync(TAR), text('junk')]),
      'ERR_LAYERS_GZIP_TRAILING',
      '',
    ],
    [
      'a wrong checksum',
      Buffer.concat([TAR.subarray(0, 512), text('x'.repeat(512)), END_OF_TAR]),
      'ERR_LAYERS_TAR_CHECKSUM',
      '',
    ],
  ])('%s', async (_, bytes, code, words) => {
    for (const input of [{ path: scratch.file(bytes) }, { stream: chunksOf(bytes, 100) }]) {
      const error = await errorOfAsync(() => importAndRead(input));
      expect(error.code).toContain(code);
      expect(error.message).toContain(words);
      expect(error.archive).toBe('path' in input ? input.path : 'standard input');
      expect(error.hint).not.toBeUndefined();
    }
  });

  it.each(['legacy', 'hybrid', 'oci'] as const)('an image archive: %s', async (form) => {
    const archive = buildDockerArchive({ images: [{ tags: ['a:1'], layers: [TAR] }] }, { form });
    for (const bytes of [archive, gzipSync(archive)]) {
      const error = await errorOfAsync(() => importTar(bytes));
      expect(error.code).toBe('ERR_LAYERS_NOT_A_ROOTFS');
      expect(error.hint).toBe('load it as an image archive');
    }
    const error = await errorOfAsync(() => importAndRead({ stream: chunksOf(archive, 4000) }));
    expect(error.hint).toBe('load it as an image archive');
  });

  it('a tree with such a file in its root is not an image archive', async () => {
    for (const path of ['manifest.json', 'index.json', 'oci-layout', './repositories', 'blobs/sha256/aa'])
      expect(await codeOfAsync(() => importEntries([{ path }, { path: 'etc/passwd' }]))).toBeNull();
    expect(await codeOfAsync(() => importEntries([{ path: 'manifest.json' }]))).toBeNull();
  });

  it('a directory, with a hint to archive it', async () => {
    const folder = join(scratch.folder, 'tree');
    mkdirSync(folder);
    const error = await errorOfAsync(() => importRootfs({ path: folder }));
    expect(error.code).toBe('ERR_LAYERS_NOT_A_ROOTFS');
    expect(error.hint).toBe(`use a tar of it, as tar -C ${folder} -c . writes`);
  });

  it('a missing file', async () => {
    expect(await codeOfAsync(() => importRootfs({ path: '/missing/x.tar' }))).toBe('ERR_LAYERS_READ');
  });

  it('a file that changes while it is read', async () => {
    const path = scratch.file(TAR);
    const imported = await importRootfs({ path });
    writeFileSync(path, TAR.subarray(0, 1024));
    expect(await codeOfAsync(() => layoutOf(imported))).toBe('ERR_LAYERS_INPUT_CHANGED');
  });

  it('leave no temporary files', async () => {
    const path = join(scratch.folder, 'refused');
    const { image } = await importRootfs({ path: scratch.file(TAR.subarray(0, 20_000)) });
    const target = { kind: 'directory', path, force: false } as const;
    await errorOfAsync(() => writeImages([image], target, { format: 'oci-dir' }));
    expect(readdirSync(scratch.folder)).not.toContain('refused');
  });
});
