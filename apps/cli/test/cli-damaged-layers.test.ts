import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { layers } from '@layers/testing/command';
import { blobOf, configOf, layoutOf, OCI } from '@layers/testing/layer-parts';
import { reportDataIn } from '@layers/testing/report-data';
import { useScratch } from '@layers/testing/scratch';
import { buildTar, type EntrySpec } from '@layers/testing/tar-builder';
import { describe, expect, it } from 'vitest';

const scratch = useScratch();
let outputs = 0;
const newOutput = (): string => join(scratch.folder, `output-${outputs++}`);

const content = Buffer.from('the content of a file');
const tar = buildTar([
  { path: 'gone', data: Buffer.from('gone') },
  { path: 'file', data: content },
]);
const top = buildTar([{ path: '.wh.gone' }]);
const flipped = Buffer.from(tar);
// `The` in place of `the`.
flipped[flipped.indexOf(content)] = 0x54;

/** Returns the files of a layout whose lowest layer has other bytes, or another DiffID, than declared. */
function layout({ stored = tar, diffIdOf = tar }: { stored?: Buffer; diffIdOf?: Buffer }): EntrySpec[] {
  const parts = [tar, top].map((layer) => blobOf(layer, `${OCI}.layer.v1.tar`));
  const config = blobOf(configOf([diffIdOf, top]), `${OCI}.config.v1+json`);
  const manifest = blobOf(
    {
      schemaVersion: 2,
      mediaType: `${OCI}.manifest.v1+json`,
      config: config.descriptor,
      layers: parts.map(({ descriptor }) => descriptor),
    },
    `${OCI}.manifest.v1+json`,
  );
  const files = [config, manifest, ...parts].map(({ file }) => file);
  const damaged = files.map((file) => (file.data === tar ? { ...file, data: stored } : file));
  const name = { 'org.opencontainers.image.ref.name': 'app' };
  return [...layoutOf([{ ...manifest.descriptor, annotations: name }]), ...damaged];
}

const DAMAGE = {
  'a byte that was flipped': layout({ stored: flipped }),
  'a DiffID of another tar': layout({ diffIdOf: flipped }),
  'bytes that match the DiffID alone': layout({ stored: flipped, diffIdOf: flipped }),
} as const;

const COMMANDS: readonly (readonly [name: string, args: (image: string, output: string) => string[]])[] = [
  ['export', (image, output) => ['export', image, '-o', output]],
  ['extract', (image, output) => ['extract', image, output]],
  ['squash', (image, output) => ['squash', '--check', image, '-o', output]],
  ['repack', (image, output) => ['repack', image, '-o', output]],
  ['repack --drop-waste', (image, output) => ['repack', '--drop-waste', image, '-o', output]],
  ['repack --reproducible', (image, output) => ['repack', '--reproducible', image, '-o', output]],
  ['repack --compression', (image, output) => ['repack', '--compression', 'gzip', image, '-o', output]],
  ['rechunk', (image, output) => ['rechunk', image, '-o', output]],
  ['config', (image, output) => ['config', '--user', '1', image, '-o', output]],
  ['append', (image, output) => ['append', '--delete', '/file', image, '-o', output]],
  ['load', (image) => ['load', '-i', image]],
];

/** Returns the layers of the findings about digests in a JSON document. */
function mismatchesIn(text: string): (number | undefined)[] {
  const { findings }: { findings: { code: string; place?: { layer?: number } }[] } = JSON.parse(text);
  const layers = findings
    .filter(({ code }) => /^(digest|diff-id)-mismatch$/.test(code))
    .map(({ place }) => place?.layer);
  return [...new Set(layers)];
}

describe.each(Object.entries(DAMAGE))('an uncompressed layer with %s', (_, files) => {
  const archive = buildTar(files);
  const plain = scratch.file(archive, `plain-${outputs++}.tar`);
  const compressed = scratch.file(gzipSync(archive), `compressed-${outputs++}.tar.gz`);

  it.each(COMMANDS)('is refused by %s', (_command, args) => {
    for (const image of [plain, compressed]) {
      const output = newOutput();
      const { status, stderr } = layers(args(image, output), {
        env: { LAYERS_STORE: join(scratch.folder, 'loaded') },
      });
      expect(stderr).toContain('[ERR_LAYERS_BLOB_MISMATCH]');
      expect(stderr).toContain(`error: ${image}: `);
      expect(status).toBe(3);
      expect(existsSync(output)).toBe(false);
    }
  });

  it('is exported and extracted with --force-damaged, with a finding and status 1', () => {
    for (const image of [plain, compressed]) {
      const rootfs = newOutput();
      const exported = layers(['export', '--force-damaged', '--json', image, '-o', rootfs]);
      expect(exported.status).toBe(1);
      expect(mismatchesIn(exported.stdout)).toEqual([0]);
      const written = readFileSync(rootfs);
      const stored = files.some(({ data }) => data === flipped);
      expect([written.includes(content), written.includes('The content')]).toEqual([!stored, stored]);

      const tree = newOutput();
      const extracted = layers(['extract', '--force-damaged', '--json', image, tree]);
      expect(extracted.status).toBe(1);
      expect(mismatchesIn(extracted.stdout)).toEqual([0]);
      expect(readFileSync(join(tree, 'file')).subarray(1)).toEqual(content.subarray(1));
    }
  });

  it('is found in a store', () => {
    const store = newOutput();
    for (const { path, data = new Uint8Array(0) } of files) {
      const file = join(store, String(path));
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, data);
    }
    const env = { LAYERS_STORE: store };
    expect(layers(['store', 'check'], { env }).status).toBe(1);
    const { status, stderr } = layers(['save', 'app', '-o', newOutput()], { env });
    expect(stderr).toMatch(/ERR_LAYERS_(BLOB_MISMATCH|STORE_BLOB)/);
    expect(status).toBe(3);
  });
});

describe('the same image without damage', () => {
  const archive = scratch.file(buildTar(layout({})), 'undamaged.tar');

  it.each(COMMANDS)('is accepted by %s', (_command, args) => {
    const env = { LAYERS_STORE: join(scratch.folder, 'loaded') };
    expect(layers(args(archive, newOutput()), { env }).stderr).not.toContain('error');
  });
});

describe('an unreadable layer', () => {
  const xz = Buffer.concat([Buffer.from('fd377a585a0000', 'hex'), Buffer.alloc(100)]);
  const image = scratch.file(buildTar(layout({ stored: gzipSync(tar).subarray(0, 40) })), 'unreadable.tar');

  it.each([
    ['inspect', [image]],
    ['ls', ['-R', image]],
    ['tree', [image]],
    ['waste', [image]],
    ['advise', [image]],
    ['check', ['--max-wasted', '1GB', image]],
    ['dockerfile', [image]],
    ['duplicates', [image]],
    ['find', [image]],
    ['secrets', [image]],
    ['packages', [image]],
    ['history', [image]],
  ] as const)('does not hide the rest from %s', (command, args) => {
    const { status, stdout } = layers([command, '--json', ...args]);
    expect([status, stdout.includes('layer-unreadable')]).toEqual([1, true]);
  });

  it('is named in a report, whose status is 1', () => {
    const { status, stdout, stderr } = layers(['report', image]);
    expect([status, stderr]).toEqual([1, expect.stringMatching(/damaged/)]);
    expect(reportDataIn(stdout).facts.inspect.findings.map(({ code }) => code)).toContain('layer-unreadable');
  });

  it('is reported where cat prints a file of another layer', () => {
    const good = buildTar([{ path: 'good', data: Buffer.from('good') }]);
    const parts = [good, xz].map((bytes) => blobOf(bytes, `${OCI}.layer.v1.tar+xz`));
    const config = blobOf(configOf([good, xz]), `${OCI}.config.v1+json`);
    const type = `${OCI}.manifest.v1+json`;
    const descriptors = parts.map(({ descriptor }) => descriptor);
    const manifest = blobOf({ schemaVersion: 2, config: config.descriptor, layers: descriptors }, type);
    const files = [config, manifest, ...parts].map((part) => part.file);
    const path = scratch.file(buildTar([...layoutOf([manifest.descriptor]), ...files]), 'xz.tar');
    const { status, stdout, stderr } = layers(['cat', path, '/good']);
    expect([status, stdout]).toEqual([1, 'good']);
    expect(stderr).toContain('layer 1 is unreadable: cannot read a layer compressed with xz');
    expect(layers(['cat', '--layer', '0', path, '/good'])).toMatchObject({ status: 0, stderr: '' });
    for (const args of [
      ['diff', path, path],
      ['squash', path],
      ['export', path],
    ]) {
      expect(layers(args)).toMatchObject({
        status: 3,
        stderr: expect.stringContaining('compressed with xz'),
      });
    }
    expect(layers(['verify', path]).status).toBe(1);
  });
});
