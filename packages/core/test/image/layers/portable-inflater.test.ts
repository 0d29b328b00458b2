import { gzipSync } from 'node:zlib';
import { isLayersError } from '@layers/errors';
import { digestBy } from '@layers/testing/layer-parts';
import { buildTar } from '@layers/testing/tar-builder';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { createInflater, NeedsPortableInflater } from '../../../src/compression/inflater.ts';
import { indexLayer, type LayerTask } from '../../../src/image/layers/index-layer.ts';
import { LayerSink } from '../../../src/image/layers/layer-sink.ts';
import { memorySource } from '../../../src/io/memory-source.ts';

const tar = buildTar([
  { path: 'etc/', type: 'directory' },
  { path: 'etc/a', data: Buffer.alloc(3000, 65) },
  { path: 'etc/b', data: Buffer.from('b') },
]);
const HALF = 1024;

/** The state of the mock of zlib-sync: the first member of the blob, its content, and the number of calls. */
const fake = vi.hoisted(() => ({ member: new Uint8Array(0), output: new Uint8Array(0), uses: 0 }));

/** Decompresses one member and ignores the bytes after it, as zlib-sync does, which may not be installed. */
const library = {
  Inflate: class {
    err = 0;
    result: Uint8Array | null = null;
    msg = null;
    #inputBytes = 0;

    constructor() {
      fake.uses++;
    }

    push(input: Uint8Array): void {
      this.#inputBytes += input.length;
      const ended = this.#inputBytes >= fake.member.length;
      this.err = ended ? 1 : 0;
      this.result = ended ? fake.output : null;
    }
  },
};

vi.mock('../../../src/compression/node-handle.ts', async (original) => ({
  ...(await original<typeof import('../../../src/compression/node-handle.ts')>()),
  isHandleTested: () => false,
}));
vi.mock('../../../src/compression/zlib-sync-inflater.ts', async (original) => ({
  ...(await original<typeof import('../../../src/compression/zlib-sync-inflater.ts')>()),
  loadZlibSync: () => library,
  suitsZlibSync: () => true,
}));

function blobOf(...parts: readonly Uint8Array[]): Buffer {
  const members = parts.map((part) => gzipSync(part));
  Object.assign(fake, { member: members[0], output: parts[0], uses: 0 });
  return Buffer.concat(members);
}

const taskOf = (blob: Uint8Array): LayerTask => ({
  source: memorySource(blob),
  compression: 'gzip',
  verifyRaw: false,
  expectedDiffId: null,
  progress: null,
  storedDigests: ['sha256'],
  tarDigests: ['sha256'],
  fingerprintKey: null,
});

beforeEach(() => {
  fake.uses = 0;
});

describe('gzip where zlib-sync is used', () => {
  test('one member is decompressed by zlib-sync', () => {
    const blob = blobOf(tar);
    expect(createInflater('gzip').engine).toBe('zlib-sync');
    const index = indexLayer(taskOf(blob));
    expect(index).toMatchObject({ problem: null, diffIds: [digestBy('sha256', tar)] });
    expect(fake.uses).toBe(2);
  });

  test('several members are decompressed by the portable inflater, with the right index', () => {
    const blob = blobOf(tar.subarray(0, HALF), tar.subarray(HALF));
    const index = indexLayer(taskOf(blob));
    expect(fake.uses).toBe(1);
    expect(index).toMatchObject({
      problem: null,
      inflated: true,
      storedBytes: blob.length,
      tarBytes: tar.length,
      digests: [digestBy('sha256', blob)],
      diffIds: [digestBy('sha256', tar)],
    });
    expect(index.changeset.count).toBe(3);
  });

  test('a layer whose content contradicts its DiffID is read again by the portable inflater', () => {
    const index = indexLayer({ ...taskOf(blobOf(tar)), expectedDiffId: digestBy('sha256', Buffer.of(0)) });
    expect(fake.uses).toBe(1);
    expect(index).toMatchObject({ problem: null, diffIds: [digestBy('sha256', tar)] });
  });

  test('the signal for the portable inflater is not recorded as a problem of the layer', () => {
    const blob = blobOf(tar.subarray(0, HALF), tar.subarray(HALF));
    const sink = new LayerSink('gzip', taskOf(blob), 'auto');
    expect(() => sink.write(blob)).toThrow(NeedsPortableInflater);
  });

  test('the signal for the portable inflater is not a LayersError', () => {
    const signal = new NeedsPortableInflater('several members');
    expect(isLayersError(signal)).toBe(false);
    expect(signal).not.toHaveProperty('code');
  });
});
