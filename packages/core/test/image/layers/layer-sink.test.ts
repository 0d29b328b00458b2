import { gzipSync } from 'node:zlib';
import { readOne } from '@layers/testing/analysed';
import { canZstd, compress } from '@layers/testing/archive-builder';
import { digestBy, ofType, plainArchive } from '@layers/testing/layer-parts';
import { runs } from '@layers/testing/random-runs';
import { useScratch } from '@layers/testing/scratch';
import { buildEntry, buildTar } from '@layers/testing/tar-builder';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sniffCompression } from '../../../src/compression/sniff.ts';
import { createFingerprintKey } from '../../../src/image/layers/fingerprint.ts';
import type { LayerIndex } from '../../../src/image/layers/layer-index.ts';
import { type LayerReadOptions, LayerSink } from '../../../src/image/layers/layer-sink.ts';
import { FINGERPRINT_BYTES } from '../../../src/rootfs/changeset.ts';

const scratch = useScratch();
const tar = buildTar([
  { path: 'etc/', type: 'directory' },
  { path: 'etc/passwd', data: Buffer.from('root:x:0:0') },
  { path: 'etc/same', data: Buffer.from('root:x:0:0') },
  { path: 'etc/.wh.gone', data: Buffer.from('no content') },
  { path: 'etc/link', type: 'link', linkpath: 'etc/passwd' },
  { path: 'empty' },
  { path: 'big', data: Buffer.alloc(5000, 66) },
]);
const both: LayerReadOptions = {
  storedDigests: ['sha256', 'sha512'],
  tarDigests: ['sha256'],
  fingerprintKey: createFingerprintKey(),
};

function indexed(
  blob: Uint8Array,
  options: LayerReadOptions = both,
  pieceBytes = 1000,
): LayerIndex & { seen: Buffer } {
  const seen: Uint8Array[] = [];
  const observer = { onTar: (bytes: Uint8Array) => void seen.push(bytes.slice()) };
  const sink = new LayerSink(sniffCompression(blob.subarray(0, 16)), options, 'portable', observer);
  for (let at = 0; at < blob.length; at += pieceBytes) {
    const piece = new Uint8Array(blob.subarray(at, at + pieceBytes));
    sink.write(piece);
    piece.fill(0xee);
  }
  return { ...sink.end(), seen: Buffer.concat(seen) };
}

const forms = [null, 'gzip', ...(canZstd ? (['zstd'] as const) : [])] as const;

describe.each(forms)('a layer with the compression %s', (compression) => {
  const blob = compress(tar, compression);

  test('has digests, sizes and entries', () => {
    const index = indexed(blob);
    expect(index).toMatchObject({
      compression,
      storedBytes: blob.length,
      tarBytes: tar.length,
      digests: [digestBy('sha256', blob), digestBy('sha512', blob)],
      diffIds: [digestBy('sha256', tar)],
      inflated: true,
      problem: null,
    });
    expect(index.changeset.count).toBe(7);
    expect(index.seen.equals(tar)).toBe(true);
  });

  test('has the same index in pieces of any length', () => {
    const whole = indexed(blob, both, blob.length);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: blob.length }), (pieceBytes) => {
        expect(indexed(blob, both, pieceBytes)).toEqual(whole);
      }),
      { numRuns: runs(30, 300) },
    );
  });

  test('has no digests and fingerprints where they are not requested', () => {
    const index = indexed(blob, { storedDigests: [], tarDigests: [], fingerprintKey: null });
    expect([index.digests, index.diffIds, index.changeset.fingerprints]).toEqual([[], [], null]);
    expect(index.changeset.count).toBe(7);
  });

  test('has equal fingerprints for files with equal content only', () => {
    const { fingerprints } = indexed(blob).changeset;
    const prints = Array.from({ length: 7 }, (_, i) =>
      Buffer.from(fingerprints?.subarray(i * FINGERPRINT_BYTES, (i + 1) * FINGERPRINT_BYTES) ?? []).toString(
        'hex',
      ),
    );
    const none = '00'.repeat(FINGERPRINT_BYTES);
    expect(prints[1]).toBe(prints[2]);
    expect(prints[6]).not.toBe(prints[1]);
    expect([prints[0], prints[3], prints[4], prints[5]]).toEqual([none, none, none, none]);
  });

  test('that is truncated has a problem, the entries before it and the digests of its bytes', () => {
    const truncated = blob.subarray(0, compression === null ? 3000 : Math.floor(blob.length / 2));
    const index = indexed(truncated);
    expect(index.problem?.code).toMatch(/^ERR_LAYERS_(TAR|GZIP|ZSTD)_TRUNCATED$/);
    expect(index.digests[0]).toBe(digestBy('sha256', truncated));
    expect(index.inflated).toBe(compression === null);
    expect(index.diffIds).toEqual(compression === null ? [digestBy('sha256', truncated)] : []);
  });
});

describe('a layer', () => {
  test('with a damaged tar has a problem and digests', () => {
    const damaged = Buffer.from(tar);
    damaged.write('X', 512 + 10);
    for (const blob of [damaged, gzipSync(damaged)]) {
      const index = indexed(blob);
      expect(index.problem).toMatchObject({ code: 'ERR_LAYERS_TAR_CHECKSUM', offset: 512 });
      expect([index.inflated, index.tarBytes, index.changeset.count]).toEqual([true, tar.length, 1]);
      expect(index.diffIds).toEqual([digestBy('sha256', damaged)]);
    }
  });

  test.each([
    ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
    ['bzip2', [0x42, 0x5a, 0x68, 0x39, 0x31, 0x41, 0x59, 0x26, 0x53, 0x59]],
  ] as const)('compressed with %s cannot be read', (_, magic) => {
    const blob = Buffer.concat([Buffer.from(magic), Buffer.alloc(100)]);
    const index = indexed(blob);
    expect(index.problem?.code).toBe('ERR_LAYERS_LAYER_COMPRESSION');
    expect([index.digests[0], index.diffIds, index.inflated]).toEqual([digestBy('sha256', blob), [], false]);
  });

  test('that exceeds a limit has a problem', () => {
    const index = indexed(tar, { ...both, limits: { entries: 3, metadataBytes: 1000 } });
    expect(index.problem?.code).toBe('ERR_LAYERS_LIMIT');
    expect(index.diffIds).toEqual([digestBy('sha256', tar)]);
  });
});

test('zeros behind the gzip data of a layer are a finding, because skopeo refuses them', () => {
  const padded = Buffer.concat([gzipSync(tar), Buffer.alloc(700)]);
  for (const piece of [7, 100_000]) {
    const { problem, changeset, diffIds } = indexed(padded, both, piece);
    expect([problem, diffIds]).toEqual([null, [digestBy('sha256', tar)]]);
    expect(changeset.findings.map(({ code }) => code)).toEqual(['gzip-trailing-zeros']);
  }
  const two = Buffer.concat([gzipSync(tar.subarray(0, 512)), gzipSync(tar.subarray(512))]);
  expect(indexed(two).changeset.findings).toEqual([]);
});

test('attributes of a global PAX header are not applied, as by Docker, with a finding', async () => {
  const records = ['uid=1000', 'mtime=5'].map((text) => `${text.length + 4} ${text}\n`).join('');
  const globals = ofType(buildEntry({ path: 'pax_global_header', data: Buffer.from(records) }), 'g');
  const layer = Buffer.concat([globals, buildTar([{ path: 'a', uid: 7, mtime: 9 }])]);
  for (const { changeset } of [indexed(layer), indexed(gzipSync(layer))]) {
    expect([changeset.uid[0], changeset.mtime[0]]).toEqual([7, 9]);
    expect(changeset.findings.map(({ code }) => code)).toEqual(['global-attributes']);
  }
  const image = await readOne({
    path: scratch.file(buildTar(plainArchive([{ name: 'l.tar', tar: layer }]).files)),
  });
  const walked = image.layers[0]?.index?.changeset;
  expect([walked?.uid[0], walked?.findings[0]?.code]).toEqual([7, 'global-attributes']);
});

test('a global PAX header without attributes is a finding, because umoci refuses it', () => {
  const globals = ofType(buildEntry({ path: 'pax_global_header', data: Buffer.from('13 comment=x\n') }), 'g');
  const { changeset } = indexed(Buffer.concat([globals, buildTar([{ path: 'a' }])]));
  expect(changeset.findings).toMatchObject([
    { code: 'global-header', message: 'a global PAX header; umoci refuses the layer' },
  ]);
});
