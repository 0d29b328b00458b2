import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { fileSource } from '@layers/core/io';
import { canZstd, compress } from '@layers/testing/archive-builder';
import { afterAll, describe, expect, it } from 'vitest';
import type { Blob } from '../../src/bench/blobs.ts';
import { lacksRoom } from '../../src/bench/extract-stage.ts';
import { inflateLimit } from '../../src/bench/inflate-limit.ts';
import { fileReadLimit, sameReadsLimit } from '../../src/bench/read-limits.ts';
import {
  sameFilesLimit,
  WRITE_LIMIT_BYTES,
  writeFsyncLimit,
  writeLimit,
} from '../../src/bench/write-limits.ts';

const folder = mkdtempSync(join(tmpdir(), 'layers-limits-'));
afterAll(() => rmSync(folder, { recursive: true }));

let made = 0;
function blob(bytes: Uint8Array, compression: Blob['compression']): Blob {
  const path = join(folder, `blob-${made++}`);
  writeFileSync(path, bytes);
  return {
    source: fileSource(path),
    compression,
    tarBytes: 0,
    isInput: true,
    changeset: null,
  };
}

const noise = Buffer.from(Array.from({ length: 200_000 }, (_, i) => (i * i) % 251));

describe('the limit of inflating', () => {
  it('is measured for gzip, and for zstd if Node supports it', () => {
    expect(inflateLimit(blob(gzipSync(noise), 'gzip'), 0.01)?.bytesPerSecond).toBeGreaterThan(0);
    if (!canZstd) return;
    // Large enough that the sample is truncated.
    const zstd = compress(Buffer.concat(Array.from({ length: 8 }, () => noise)), 'zstd');
    expect(inflateLimit(blob(zstd, 'zstd'), 0.01)?.bytesPerSecond ?? null).not.toBe(0);
  });

  it('is null for other data, and for formats that Node cannot inflate', () => {
    expect(inflateLimit(blob(noise, 'gzip'), 0.01)).toBeNull();
    expect(inflateLimit(blob(noise, 'xz'), 0.01)).toBeNull();
    expect(inflateLimit(blob(Buffer.alloc(0), 'gzip'), 0.01)).toBeNull();
  });

  it('does not keep data that expands without end', () => {
    const bomb = gzipSync(Buffer.alloc(150_000_000), { level: 1 });
    const before = process.memoryUsage.rss();
    expect(inflateLimit(blob(bomb, 'gzip'), 0.01)).not.toBeNull();
    expect(process.memoryUsage.rss() - before).toBeLessThan(140_000_000);
  });
});

describe('limits of the file system', () => {
  it('are measured by reading, also of an empty file', () => {
    const { source } = blob(noise, null);
    expect(fileReadLimit(source, 0.01).bytesPerSecond).toBeGreaterThan(0);
    expect(fileReadLimit(blob(Buffer.alloc(0), null).source, 0.01).bytesPerSecond).toBe(0);
    expect(sameReadsLimit([{ source, pairs: [0, 512, 4096, 2048] }], 0.01)?.name).toBe('same-reads');
    expect(sameReadsLimit([{ source, pairs: [] }], 0.01)).toBeNull();
  });

  it('are measured by writing, with a limit of bytes', () => {
    expect(writeLimit(folder, 0.01).bytesPerSecond).toBeGreaterThan(0);
    expect(writeFsyncLimit(folder).bytesPerSecond).toBeGreaterThan(0);
    expect(sameFilesLimit(folder, 100, 0.01)?.bytesPerSecond).toBeGreaterThan(0);
    expect(readdirSync(join(folder, 'files')).length).toBeGreaterThan(0);
    expect(sameFilesLimit(folder, 0, 0.01)).toBeNull();
  });

  it('end with ERR_LAYERS_WRITE_OUTPUT if nothing can be written', () => {
    expect(() => writeLimit(join(folder, 'absent'), 0.01)).toThrow(
      /cannot write .*absent: no such file or directory/,
    );
  });
});

describe('room for an extraction', () => {
  const totals = { rootfsBytes: 1_000_000, files: 10, directories: 5, symlinks: 3, others: 2 };
  const rest = {
    layers: 1,
    entries: 0,
    storedBytes: 0,
    tarBytes: 0,
    contentBytes: 0,
    wastedBytes: 0,
    efficiency: 1,
  };
  const lack = (bytes: number, files: number | null) =>
    lacksRoom({ ...totals, ...rest }, '/tmp', { bytes, files });

  it('must suffice for contents, for the overhead of each file, and for the number of files', () => {
    const needed = 1_000_000 + 20 * 4096 + WRITE_LIMIT_BYTES;
    expect([lack(needed, 20), lack(needed, null)]).toEqual([null, null]);
    expect(lack(needed - 1, null)).toMatch(/^needs about 68\.2 MB, but \/tmp has 68\.2 MB free: set TMPDIR /);
    expect(lack(needed, 19)).toMatch(/^creates 20 files, but \/tmp has room for 19: /);
  });
});
