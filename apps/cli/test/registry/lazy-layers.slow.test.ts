import { randomBytes } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Finding } from '@layers/core/findings';
import { buildDockerArchive } from '@layers/testing/archive-builder';
import { layersAsync } from '@layers/testing/command';
import { digestOf, type TestRegistry } from '@layers/testing/registry';
import { useScratch } from '@layers/testing/scratch';
import { buildTar } from '@layers/testing/tar-builder';
import {
  gzipLayer,
  pushedLayers,
  pushedZtoc,
  sociLayer,
  TOC_LAYERS,
  type TocLayer,
  tocLayer,
} from '@layers/testing/toc-layers';
import { describe, expect, it } from 'vitest';
import { documentOf, useRegistries } from '../support/registries.ts';

const start = useRegistries();
const scratch = useScratch();

/** Returns how many requests for blobs there were, and the bytes of their answers. */
function blobReads({ log }: TestRegistry, digest?: string) {
  const reads = log.records.filter(
    ({ blob, status }) => blob !== null && (digest === undefined || blob.digest === digest) && status !== 404,
  );
  return { requests: reads.length, bytes: reads.reduce((sum, { sentBytes }) => sum + sentBytes, 0) };
}

const run = (words: readonly string[], cache = 'off') => layersAsync(words, { env: { LAYERS_CACHE: cache } });

function withoutNanoseconds(key: string, value: unknown): unknown {
  return key === 'mtimeNs' ? undefined : value;
}

async function pushed(format: TocLayer, annotations?: Readonly<Record<string, string>>) {
  const registry = await start();
  const layer = tocLayer(format);
  pushedLayers(registry.storage, 'app', '1', [annotations === undefined ? layer : { ...layer, annotations }]);
  return { registry, layer, name: `docker://${registry.domain}/app:1` };
}

describe.each(TOC_LAYERS)('an image with a layer of %s', (format) => {
  it('has the same files with and without its table of contents', async () => {
    const { registry, name } = await pushed(format);
    const lazy = await run(['ls', '-R', '--json', name]);
    expect(lazy.stderr).toContain('the files of a layer are those that a table of contents declares');
    const partial = registry.log.records.filter(({ status }) => status === 206);
    // Whether eStargz hides its table of contents is seen behind the last content, which may be far before it.
    expect(partial.length).toBe(format === 'estargz-joined' ? 2 : 1);
    const whole = await run(['ls', '-R', '--json', '--no-cache', name]);
    const { findings, ...listed } = documentOf('ls', lazy.stdout);
    const { findings: others, ...expected } = documentOf('ls', whole.stdout);
    // The other formats have whole seconds.
    const isExact = format === 'zstd-containers';
    const comparable = isExact ? expected : JSON.parse(JSON.stringify(expected), withoutNanoseconds);
    expect(listed).toEqual(comparable);
    // Oddities of the tar are not in a table of contents.
    const codes = others.map(({ code }: Finding) => code).filter((code: string) => code !== 'tar-oddity');
    expect(findings.map(({ code }: Finding) => code)).toEqual(['toc-declared', ...codes]);
    expect([lazy.status, whole.status]).toEqual([0, 0]);
    const trees = [await run(['tree', '-q', name]), await run(['tree', '-q', '--no-cache', name])];
    expect(trees[0]?.stdout).toBe(trees[1]?.stdout);
  });

  it('gives a file by one further request, once the table of contents is kept', async () => {
    const { registry, name } = await pushed(format);
    const cache = mkdtempSync(join(scratch.folder, 'cache-'));
    await run(['ls', '-q', name], cache);
    registry.log.clear();
    const { stdout, stderr, status } = await run(['cat', '-q', name, '/etc/numbers'], cache);
    expect([stderr, status]).toEqual(['', 0]);
    expect(stdout).toBe(Array.from({ length: 4000 }, (_, i) => `${i + 1}\n`).join(''));
    expect(registry.log.records.filter(({ status: code }) => code === 206).length).toBe(1);
    const digests = [
      await run(['ls', '-q', '--digest', name, '/etc']),
      await run(['ls', '-q', '--digest', '--no-cache', name, '/etc']),
    ];
    expect(digests[0]?.stdout).toBe(digests[1]?.stdout);
  });

  it('is read as a whole where the table of contents is not the declared one', async () => {
    const { annotations } = tocLayer(format);
    const other = `sha256:${'0'.repeat(64)}`;
    const wrong = Object.fromEntries(
      Object.entries(annotations).map(([key, value]) => [key, /^sha256:/.test(value) ? other : value]),
    );
    const { name } = await pushed(format, wrong);
    const { stdout, status } = await run(['ls', '-R', '--json', name]);
    const { findings, entries } = documentOf('ls', stdout);
    expect(status).toBe(0);
    expect(findings).toContainEqual(expect.objectContaining({ code: 'toc-mismatch', severity: 'warning' }));
    expect(entries.length).toBeGreaterThan(5);
  });

  it('is explored without its other bytes', async () => {
    const { registry, layer, name } = await pushed(format);
    const { stdout, status } = await layersAsync(['explore', '--plain', name], {
      env: { LAYERS_CACHE: 'off' },
      input: Buffer.from('q'),
    });
    expect([stdout, status]).toEqual([expect.stringContaining('2 findings'), 0]);
    expect(blobReads(registry, digestOf(layer.blob)).bytes).toBeLessThan(layer.blob.length);
  });

  it('is read as a whole to verify it', async () => {
    const { registry, layer, name } = await pushed(format);
    const { status } = await run(['verify', '-q', name]);
    expect(status).toBe(0);
    expect(blobReads(registry).bytes).toBeGreaterThan(layer.blob.length);
  });
});

describe.each(['estargz', 'zstd-containers'] as const)('two images with layers of %s', (format) => {
  it('have the same differences with and without their tables of contents', async () => {
    const { registry, layer, name } = await pushed(format);
    pushedLayers(registry.storage, 'app', '2', [
      layer,
      tocLayer(format === 'estargz' ? 'estargz-joined' : 'zstd-stargz'),
    ]);
    pushedLayers(registry.storage, 'app', '3', [
      layer,
      gzipLayer(gzipSync(buildTar([{ path: 'more', data: Buffer.from('x') }]))),
    ]);
    for (const tag of ['2', '3']) {
      const other = name.replace(/1$/, tag);
      registry.log.clear();
      const lazy = await run(['diff', '--json', name, other]);
      const bytes = blobReads(registry, digestOf(layer.blob)).bytes;
      expect(bytes).toBeLessThan(layer.blob.length);
      const whole = await run(['diff', '-q', '--json', '--no-cache', name, other]);
      const [a, b] = [documentOf('diff', lazy.stdout), documentOf('diff', whole.stdout)];
      for (const field of ['files', 'totals', 'identical', 'config', 'packages', 'byDeclaredDigests'])
        expect([field, a[field]]).toEqual([field, b[field]]);
      expect(lazy.status).toBe(whole.status);
    }
  });

  it('are the same by what they declare', async () => {
    const { name } = await pushed(format);
    const { stdout, status } = await run(['diff', '-q', '--json', name, name]);
    expect(documentOf('diff', stdout)).toMatchObject({
      identical: true,
      byDeclaredDigests: true,
      layers: { shared: [{ computed: false }] },
    });
    expect(status).toBe(0);
  });
});

describe('comparisons of contents of images of registries', () => {
  const numbers = (from: number) =>
    Buffer.from(Array.from({ length: 9000 }, (_, i) => `${i + from}\n`).join(''));
  const same = { path: 'same', data: numbers(7), mtime: 1 };
  const base = buildTar([
    { path: 'etc/one', data: numbers(100_000), mtime: 1 },
    { path: 'etc/two', data: numbers(200_000), mtime: 1 },
    { path: 'noise', data: randomBytes(2_000_000), mtime: 1 },
    same,
  ]);
  /** Two files of the size of those below, of which one has their bytes. */
  const above = buildTar([
    { path: 'etc/one', data: numbers(100_000), mtime: 2 },
    { path: 'etc/two', data: numbers(300_000), mtime: 2 },
  ]);
  const FIELDS = ['files', 'totals', 'identical', 'config', 'packages'];

  const inspected = async (words: readonly string[], cache?: string) => {
    const { stdout, stderr } = await run(['inspect', '--layers', '--json', ...words], cache);
    const { findings, ...document } = documentOf('inspect', stdout);
    const withoutVerified = (key: string, value: unknown) => (key === 'verified' ? undefined : value);
    return { stderr, findings, document: JSON.parse(JSON.stringify(document, withoutVerified)) };
  };

  it('are the same by the cache of layers as without', async () => {
    const registry = await start();
    const layers = [base, above].map((tar) => gzipLayer(gzipSync(tar)));
    pushedLayers(registry.storage, 'app', '1', layers);
    const name = `docker://${registry.domain}/app:1`;
    const cache = mkdtempSync(join(scratch.folder, 'cache-'));
    const whole = await inspected(['--no-cache', name]);
    expect(whole.document.waste.map(({ cause }: { cause: string }) => cause).sort()).toEqual([
      'overwritten',
      'rewritten',
    ]);
    expect(await inspected([name], cache)).toEqual(whole);
    registry.log.clear();
    expect(await inspected([name], cache)).toEqual(whole);
    for (const { blob } of layers) expect(blobReads(registry, digestOf(blob)).requests).toBe(0);
  });

  it('read only what differs of images with indexes of SOCI', async () => {
    const registry = await start();
    const { layer, ztoc } = sociLayer();
    const digest = pushedZtoc(registry.storage, 'app', layer, ztoc);
    const top = gzipLayer(gzipSync(above));
    const annotations = { 'com.amazon.soci.index-digest': digest };
    pushedLayers(registry.storage, 'app', '1', [layer], annotations);
    pushedLayers(registry.storage, 'app', '2', [layer, top], annotations);
    const names = ['1', '2'].map((tag) => `docker://${registry.domain}/app:${tag}`);
    const lazy = await run(['diff', '--json', ...names]);
    expect(blobReads(registry, digestOf(layer.blob)).requests).toBe(0);
    expect(blobReads(registry, digestOf(top.blob)).requests).toBe(1);
    const whole = await run(['diff', '-q', '--json', '--no-cache', ...names]);
    const [a, b] = [documentOf('diff', lazy.stdout), documentOf('diff', whole.stdout)];
    for (const field of FIELDS) expect([field, a[field]]).toEqual([field, b[field]]);
    expect(a.byDeclaredDigests).toBe(true);
  });

  it.each(TOC_LAYERS)('with a file need no layer of %s', async (format) => {
    const { registry, layer, name } = await pushed(format);
    const archive = join(mkdtempSync(join(scratch.folder, 'file-')), 'image.tar');
    const changed = buildTar([{ path: 'etc/hello', data: Buffer.from('hallo\n') }]);
    // The layers of all formats were made of one tar.
    const layers = [gunzipSync(sociLayer().layer.blob), changed];
    for (const compression of ['gzip', null] as const) {
      writeFileSync(
        archive,
        buildDockerArchive({ images: [{ tags: [], layers }] }, { form: 'hybrid', compression }),
      );
      for (const words of [
        [archive, name],
        [name, archive],
      ]) {
        registry.log.clear();
        const lazy = await run(['diff', '--json', ...words]);
        expect(blobReads(registry, digestOf(layer.blob)).bytes).toBeLessThan(layer.blob.length);
        const whole = await run(['diff', '-q', '--json', '--no-cache', ...words]);
        const [a, b] = [documentOf('diff', lazy.stdout), documentOf('diff', whole.stdout)];
        for (const field of ['files', 'totals', 'packages'])
          expect([field, a[field]]).toEqual([field, b[field]]);
        expect(JSON.stringify(a.files)).toContain('etc/hello');
      }
    }
  });
});

describe('an image with a gzip layer and its index of SOCI', () => {
  async function pushedSoci(ztocOf: (ztoc: Uint8Array) => Uint8Array = (ztoc) => ztoc) {
    const registry = await start();
    const { layer, ztoc } = sociLayer();
    const digest = pushedZtoc(registry.storage, 'app', layer, ztocOf(ztoc));
    pushedLayers(registry.storage, 'app', '1', [layer], { 'com.amazon.soci.index-digest': digest });
    return { registry, layer, name: `docker://${registry.domain}/app:1` };
  }

  it('has the same documents with and without the index, and its files come in parts', async () => {
    const { registry, layer, name } = await pushedSoci();
    const lazy = await run(['ls', '-R', '--json', name]);
    expect(blobReads(registry, digestOf(layer.blob)).requests).toBe(0);
    const whole = await run(['ls', '-R', '--json', '--no-cache', name]);
    const { findings, ...listed } = documentOf('ls', lazy.stdout);
    const { findings: others, ...expected } = documentOf('ls', whole.stdout);
    expect(listed).toEqual(expected);
    const [declared, ...rest] = findings;
    expect(declared).toMatchObject({ code: 'toc-declared', message: expect.stringContaining('SOCI') });
    expect(rest).toEqual(others);
    registry.log.clear();
    const file = await run(['cat', '-q', name, '/etc/hello']);
    expect([file.stdout, file.stderr]).toEqual(['hello\n', '']);
    expect(blobReads(registry, digestOf(layer.blob)).requests).toBe(1);
  });

  it('is read as a whole where the index is of another layer', async () => {
    const { name } = await pushedSoci((ztoc) => ztoc.slice(0, 1000));
    const { stdout, status } = await run(['ls', '-R', '--json', name]);
    const { findings } = documentOf('ls', stdout);
    expect(status).toBe(0);
    expect(findings).toContainEqual(expect.objectContaining({ code: 'toc-mismatch' }));
  });
});

describe('an image with layers without tables of contents', () => {
  const contents = [randomBytes(3_000_000), randomBytes(200_000), Buffer.from('words\n'.repeat(5000))];
  const [first, second, text] = contents as [Buffer, Buffer, Buffer];
  const layers = [
    buildTar([
      { path: 'first', data: first },
      { path: 'second', data: second },
    ]),
    buildTar([
      { path: 'text', data: text },
      { path: 'hole', data: Buffer.alloc(100_000) },
    ]),
  ].map((tar) => gzipLayer(gzipSync(tar)));

  it('reads each layer once, and then only parts of it', async () => {
    const registry = await start();
    pushedLayers(registry.storage, 'app', '1', layers);
    const name = `docker://${registry.domain}/app:1`;
    const cache = mkdtempSync(join(scratch.folder, 'cache-'));
    const listed = await run(['ls', '-R', '--json', name], cache);
    const total = layers.reduce((sum, { blob }) => sum + blob.length, 0);
    expect(blobReads(registry).bytes).toBeGreaterThanOrEqual(total);
    registry.log.clear();
    expect((await run(['ls', '-R', '--json', name], cache)).stdout).toBe(listed.stdout);
    expect((await run(['ls', '-R', '--json', '--no-cache', name])).stdout).toBe(listed.stdout);
    registry.log.clear();
    for (const [path, data] of [
      ['/first', first],
      ['/second', second],
      ['/text', text],
      ['/hole', Buffer.alloc(100_000)],
    ] as const) {
      registry.log.clear();
      const { stdout, stderr } = await run(['ls', '--digest', '-q', '--jsonl', name, path], cache);
      expect(stderr).toBe('');
      const { digest } = JSON.parse(stdout);
      expect(digest).toBe(digestOf(data));
      expect(registry.log.records.filter(({ status }) => status === 206).length).toBe(1);
    }
  });

  it('is explored with what was kept of the layers when it was explored before', async () => {
    const registry = await start();
    const [large] = layers;
    if (large === undefined) throw new Error('there is no layer');
    // The other layer is too small to be kept.
    pushedLayers(registry.storage, 'app', '1', layers);
    const name = `docker://${registry.domain}/app:1`;
    const cache = mkdtempSync(join(scratch.folder, 'cache-'));
    const explored = () =>
      layersAsync(['explore', '--plain', name], {
        env: { LAYERS_CACHE: cache },
        input: Buffer.from('q'),
      });
    const first = await explored();
    expect([first.stdout, first.status]).toEqual([expect.stringContaining('3.33 MB'), 0]);
    registry.log.clear();
    expect((await explored()).stdout).toBe(first.stdout);
    expect(blobReads(registry, digestOf(large.blob)).requests).toBe(0);
    // Other commands use it, too, with files in parts.
    const { status } = await run(['cat', '-q', name, '/second'], cache);
    expect(status).toBe(0);
    const reads = blobReads(registry, digestOf(large.blob));
    expect(reads.requests).toBe(1);
    expect(reads.bytes).toBeLessThan(large.blob.length);
  });

  it('reads files of a registry without ranges, too', async () => {
    const registry = await start({ behaviour: { ranges: false } });
    pushedLayers(registry.storage, 'app', '1', layers);
    const cache = mkdtempSync(join(scratch.folder, 'cache-'));
    for (let i = 0; i < 2; i++) {
      const { stdout, status } = await run(
        ['cat', '-q', `docker://${registry.domain}/app:1`, '/text'],
        cache,
      );
      expect([stdout, status]).toEqual([text.toString(), 0]);
    }
  });
});
