import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { openImage } from '@layers/core';
import { repackImage, writeImage } from '@layers/rewrite';
import { blobOf, configOf, digestBy, layoutOf, OCI, type Stored } from '@layers/testing/layer-parts';
import { GZIP, generatedLayer, imageOf, RAW } from '@layers/testing/new-images';
import { useScratch } from '@layers/testing/scratch';
import { buildTar } from '@layers/testing/tar-builder';
import { describe, expect, it } from 'vitest';
import { plannedBytes } from '../../src/archive/planned-bytes.ts';
import { withLayers } from '../../src/config/with-layers.ts';

const scratch = useScratch();
let outputs = 0;
const newOutput = (): string => join(scratch.folder, `output-${outputs++}`);

/** Opens an image with these exact bytes of the config. */
function open(tars: readonly Uint8Array[], stored: Stored, config: string) {
  const layers = tars.map((tar) =>
    stored === 'gzip'
      ? blobOf(gzipSync(tar), `${OCI}.layer.v1.tar+gzip`)
      : blobOf(tar, `${OCI}.layer.v1.tar`),
  );
  const configBlob = blobOf(Buffer.from(config), `${OCI}.config.v1+json`);
  const manifest = blobOf(
    {
      schemaVersion: 2,
      mediaType: `${OCI}.manifest.v1+json`,
      config: configBlob.descriptor,
      layers: layers.map(({ descriptor }) => descriptor),
    },
    `${OCI}.manifest.v1+json`,
  );
  const files = [configBlob, manifest, ...layers].map(({ file }) => file);
  return openImage(scratch.file(buildTar([...layoutOf([manifest.descriptor]), ...files]), `in-${outputs++}`));
}

const SPELLINGS = {
  'ends with a newline': (config: object) => `${JSON.stringify(config)}\n`,
  // More than a block of the tar longer than the compact spelling.
  'is indented': (config: object) => JSON.stringify(config, null, 60),
  'has tabs and CRLF': (config: object) => JSON.stringify(config, null, '\t').replaceAll('\n', '\r\n'),
  'has the escapes of Go': (config: object) =>
    JSON.stringify({ ...config, author: '<me>' })
      .replace('<', '\\u003c')
      .replace('>', '\\u003e'),
  'has unknown fields and large numbers': (config: object) =>
    JSON.stringify({ ...config, moby: { n: 0 } }).replace('"n":0', '"n":12345678901234567890'),
} as const;

describe.each(Object.entries(SPELLINGS))('a config that %s', (_, spell) => {
  const tars = [
    buildTar([{ path: 'one', data: Buffer.from('1') }]),
    buildTar([{ path: 'two', data: Buffer.from('2') }]),
  ];

  it('keeps its bytes if layers are decompressed, and the size is planned exactly', async () => {
    const text = spell(configOf(tars));
    const image = await open(tars, 'gzip', text);
    const repacked = await repackImage(image, { compression: { kind: 'none', level: null } });
    const output = newOutput();
    const { id } = await writeImage(repacked, output);
    expect(id).toBe(image.id);
    const written = await openImage(output);
    expect(Buffer.from(written.rawConfig ?? []).toString()).toBe(text);
    expect(written.layers.map(({ diffId }) => diffId)).toEqual(image.layers.map(({ diffId }) => diffId));
    expect(statSync(output).size).toBe(plannedBytes([repacked], 'hybrid'));
  });

  it('keeps its bytes if the same layer is stored twice and decompressed', async () => {
    const twice = [tars[0], tars[0]].flatMap((tar) => tar ?? []);
    const text = spell(configOf(twice));
    const repacked = await repackImage(await open(twice, 'gzip', text), {
      compression: { kind: 'none', level: null },
    });
    const output = newOutput();
    await writeImage(repacked, output);
    expect((await openImage(output)).layers).toHaveLength(2);
    expect(statSync(output).size).toBe(plannedBytes([repacked], 'hybrid'));
  });

  it('keeps its bytes if a new layer turns out to be the same as before', async () => {
    const layers = tars.map((tar) => generatedLayer(tar));
    const text = spell(configOf(tars));
    const image = imageOf(layers, { config: (diffIds) => withLayers(Buffer.from(text), { diffIds }) });
    const output = newOutput();
    await writeImage(image, output);
    expect(Buffer.from((await openImage(output)).rawConfig ?? []).toString()).toBe(text);
    const chunks: Uint8Array[] = [];
    await writeImage(image, {
      kind: 'stream',
      write: async (chunk) => void chunks.push(new Uint8Array(chunk)),
    });
    expect(Buffer.concat(chunks).equals(readFileSync(output))).toBe(true);
  });
});

describe('a layer with a known DiffID', () => {
  it.each([RAW, GZIP])('is refused if its tar has another digest (%j)', async (compression) => {
    const layer = {
      ...generatedLayer(buildTar([]), compression),
      diffId: digestBy('sha256', Buffer.from('')),
    };
    await expect(writeImage(imageOf([layer]), newOutput())).rejects.toMatchObject({
      code: 'ERR_LAYERS_BLOB_MISMATCH',
    });
  });
});
