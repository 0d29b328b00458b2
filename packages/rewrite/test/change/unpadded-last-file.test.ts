import { join } from 'node:path';
import { type Image, openImage, readFile } from '@layers/core';
import { exportImage, repackImage, squashImage, writeImage } from '@layers/rewrite';
import { buildDockerArchive, type Compression } from '@layers/testing/archive-builder';
import { GZIP } from '@layers/testing/new-images';
import { useScratch } from '@layers/testing/scratch';
import { buildTar, type EntrySpec } from '@layers/testing/tar-builder';
import { describe, expect, it } from 'vitest';

const first: EntrySpec = { path: 'first', data: Buffer.from('first\n') };
const last: EntrySpec = { path: 'last', data: Buffer.from('last\n') };
const END_BYTES = 1024;
const PADDING_BYTES = 512 - 5;

/** A tar that ends with the last byte of its last file. */
const withoutPadding = buildTar([first, last]).subarray(0, -END_BYTES - PADDING_BYTES);

const scratch = useScratch();
const open = (compression: Compression | null) =>
  openImage(
    scratch.file(
      buildDockerArchive(
        { images: [{ tags: ['app:1'], layers: [withoutPadding, buildTar([{ path: 'other' }])] }] },
        { form: 'hybrid', compression },
      ),
    ),
  );

describe.each([null, 'gzip'] as const)(
  'a layer whose last file lacks its padding (compression: %s)',
  (form) => {
    it('is exported with the padding', async () => {
      const { tarBytes, chunks } = await exportImage(await open(form));
      const all: Uint8Array[] = [];
      for await (const chunk of chunks()) all.push(chunk);
      const tar = Buffer.concat(all);
      expect(tar).toHaveLength(tarBytes);
      const expected = [first, last, { path: 'other' }];
      expect(tar.equals(buildTar(expected))).toBe(true);
    });

    it.each([
      ['squashed', (image: Image) => squashImage(image), 1],
      ['made reproducible', (image: Image) => repackImage(image, { reproducible: { latest: 0 } }), 2],
      ['recompressed', (image: Image) => repackImage(image, { compression: GZIP }), 2],
    ] as const)('is %s', async (what, change, layers) => {
      const output = join(scratch.folder, `${what}-${form}.tar`);
      await writeImage(await change(await open(form)), output);
      const written = await openImage(output);
      expect(written.layers).toHaveLength(layers);
      expect(Buffer.from(await readFile(written, '/first')).toString()).toBe('first\n');
      expect(Buffer.from(await readFile(written, '/last')).toString()).toBe('last\n');
    });
  },
);
