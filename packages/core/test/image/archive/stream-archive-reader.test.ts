import { pipeOf } from '@layers/testing/documents';
import { codeOfAsync, errorOfAsync } from '@layers/testing/errors';
import { blobOf, json } from '@layers/testing/layer-parts';
import { buildEntry, buildTar, type EntrySpec } from '@layers/testing/tar-builder';
import { describe, expect, test } from 'vitest';
import { blobDigest } from '../../../src/image/archive/blob-digest.ts';
import { createStreamArchiveReader } from '../../../src/image/archive/stream-archive-reader.ts';
import { allDigests, noDigests, streamedReader } from '../../support/archive-readers.ts';

const MEBI = 1024 * 1024;
const layer = buildTar([{ path: 'etc/motd', data: Buffer.from('hello') }]);

async function* concatenated(parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield* pipeOf(part);
}

const fromParts = (parts: readonly Uint8Array[]) =>
  createStreamArchiveReader(concatenated(parts), {
    compression: null,
    layerOptions: noDigests,
    bytes: () => null,
  });

describe('an archive from a stream', () => {
  test('has indexes of layers and bytes of documents', async () => {
    const files = await streamedReader(
      buildTar([
        { path: 'layer.tar', data: layer },
        { path: 'manifest.json', data: json([]) },
      ]),
    );
    const [tar, manifest] = ['layer.tar', 'manifest.json'].map((name) => files.find(name));
    expect(files.seekable).toBe(false);
    const place = tar == null ? null : files.layer(tar);
    expect(place).toMatchObject({ from: 'stream', index: { problem: null, tarBytes: layer.length } });
    expect(manifest == null ? '' : Buffer.from(files.read(manifest)).toString()).toBe('[]');
    const error = await errorOfAsync(() => files.read(tar ?? { ...NOTHING }));
    expect(error).toMatchObject({ code: 'ERR_LAYERS_JSON', file: 'layer.tar', offset: 0 });
  });

  test('returns an empty file, or text in the place of a layer, as a layer on request', async () => {
    const files = await streamedReader(
      buildTar([{ path: 'empty' }, { path: 'text', data: Buffer.from('no tar at all') }]),
    );
    const problems = ['empty', 'text'].map((name) => {
      const file = files.find(name);
      const place = file === null ? null : files.layer(file);
      return place?.from === 'stream' ? (place.index.problem?.code ?? null) : 'none';
    });
    expect(problems).toEqual([null, 'ERR_LAYERS_TAR_TRUNCATED']);
  });

  test('is read to its end, also after the end marker, and counts its bytes', async () => {
    const bytes = Buffer.concat([buildTar([{ path: 'a', data: json(1) }]), Buffer.alloc(300_000)]);
    let taken = 0;
    async function* counted() {
      for await (const piece of pipeOf(bytes, [10_000])) {
        taken += piece.length;
        yield piece;
      }
    }
    const files = await createStreamArchiveReader(counted(), {
      compression: null,
      layerOptions: noDigests,
      bytes: () => taken,
    });
    expect([taken, files.bytes]).toEqual([bytes.length, bytes.length]);
  });

  test('causes the same error where more chunks follow the damage', async () => {
    const bytes = buildTar(
      Array.from({ length: 200 }, (_, i): EntrySpec => ({ path: `m${i}`, data: json(i) })),
    );
    bytes.fill(0x58, 4096, 4200);
    for (const size of [1, 100, 512, 700, 5000, 65_536]) {
      expect(await codeOfAsync(() => streamedReader(bytes, [size])), `${size}`).toBe(
        'ERR_LAYERS_TAR_CHECKSUM',
      );
    }
  });

  test('passes on the errors of its source', async () => {
    async function* broken() {
      yield buildEntry({ path: 'a', data: json(1) });
      throw new RangeError('the disk is gone');
    }
    const reading = createStreamArchiveReader(broken(), {
      compression: null,
      layerOptions: noDigests,
      bytes: () => null,
    });
    await expect(reading).rejects.toThrow('the disk is gone');
  });

  test('has a limit for the bytes of all documents', async () => {
    const text = Buffer.alloc(19 * MEBI, 0x20);
    const part = (i: number): Buffer => buildEntry({ path: `${i}.json`, data: text });
    const five = [0, 1, 2, 3, 4].map(part);
    expect([...(await fromParts(five)).names()]).toHaveLength(5);
    expect(await codeOfAsync(() => fromParts([...five, part(5)]))).toBe('ERR_LAYERS_LIMIT');
  });

  test('has the digests of documents and uncompressed layers only on request, also sha512', async () => {
    const blobs = [
      blobOf({ a: 1 }, ''),
      blobOf({ b: 1 }, '', 'sha512'),
      blobOf(layer, ''),
      blobOf(layer, '', 'sha512'),
    ];
    const bytes = buildTar(blobs.map(({ file }) => file));
    const digests = (files: Awaited<ReturnType<typeof streamedReader>>) =>
      blobs.map(({ file, digest }) =>
        blobDigest(files, file.path, digest.startsWith('sha512') ? 'sha512' : 'sha256'),
      );
    const wanted = await streamedReader(bytes, [700], allDigests);
    expect(digests(wanted)).toEqual(blobs.map(({ digest }) => digest));
    expect(digests(await streamedReader(bytes, [700]))).toEqual([null, null, null, null]);
  });
});

const NOTHING = { name: 'nothing', type: 'file', size: 0, target: null } as const;
