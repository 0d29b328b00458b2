import { closeSync, fstatSync, openSync, readSync, writeFileSync } from 'node:fs';
import { join as joinPath } from 'node:path';
import { bytesOf, END, entryWith, header, join, pax } from '@layers/testing/raw-tar';
import { afterAll, describe, expect, it } from 'vitest';
import { truncatedTar } from '../src/truncated.ts';
import { walkTar } from '../src/walk.ts';
import type { SeekableBytes } from '../src/window.ts';
import { memory, text } from './support/read.ts';
import { temporaryFolder } from './support/tree.ts';

function names(source: SeekableBytes): string[] {
  const found: string[] = [];
  for (const { path } of walkTar(source)) found.push(text(path));
  return found;
}

/** A tar of `count` files of `size` bytes that generates its bytes when they are read. */
function sparseSource(
  count: number,
  size: number,
): SeekableBytes & { readonly counts: { reads: number; bytes: number } } {
  const head = header({ size });
  const stride = 512 + Math.ceil(size / 512) * 512;
  const counts = { reads: 0, bytes: 0 };
  return {
    size: count * stride + 1024,
    counts,
    read(target, position) {
      counts.reads++;
      const length = Math.min(target.length, this.size - position);
      counts.bytes += length;
      target.fill(0);
      for (let i = Math.floor(position / stride); i < count && i * stride < position + length; i++) {
        for (let b = 0; b < 512; b++) {
          const at = i * stride + b - position;
          if (at >= 0 && at < length) target[at] = head[b] ?? 0;
        }
      }
      return length;
    },
  };
}

describe('walkTar', () => {
  it('skips the data of large files', () => {
    const source = sparseSource(1000, 10_000_000);
    expect(names(source)).toHaveLength(1000);
    expect(source.counts.bytes).toBeLessThan(1000 * 4096);
    expect(source.counts.reads).toBeLessThanOrEqual(1010);
  });

  it('reads a small part of files of medium size', () => {
    const source = sparseSource(1000, 50_000);
    expect(names(source)).toHaveLength(1000);
    expect(source.counts.bytes).toBeLessThan(0.15 * source.size);
  });

  it('reads many small files at once', () => {
    const source = sparseSource(20_000, 1000);
    expect(names(source)).toHaveLength(20_000);
    expect(source.counts.reads).toBeLessThan(600);
    expect(source.counts.bytes).toBeLessThan(1.1 * source.size);
  });

  it('adapts to a mix of small and large files', () => {
    const parts = Array.from({ length: 300 }, (_, i) =>
      join(
        pax(['mtime', `${i}.5`]),
        entryWith({ name: `n${i}` }, new Uint8Array(i % 50 === 0 ? 300_000 : (i * 37) % 3000)),
      ),
    );
    const source = memory(join(...parts, END));
    expect(names(source)).toEqual(parts.map((_, i) => `n${i}`));
    expect(source.counts.bytes).toBeLessThan(source.size);
  });

  it('reads extension headers that are larger than its window', () => {
    const value = bytesOf('v'.repeat(900_000));
    const entries = [];
    for (const entry of walkTar(
      memory(join(pax(['SCHILY.xattr.user.a', value], ['path', 'x']), header(), END)),
    ))
      entries.push({ ...entry, path: text(entry.path) });
    expect(entries).toMatchObject([{ path: 'x' }]);
    expect(Buffer.compare(entries[0]?.xattrs?.get('user.a') ?? new Uint8Array(0), value)).toBe(0);
  });

  it('returns the end of the tar and does not read after it', () => {
    const walker = walkTar(memory(join(entryWith({}, 'data'), END, bytesOf('x'.repeat(5000)))));
    expect(walker.next()).toMatchObject({ done: false });
    expect(walker.next()).toEqual({ done: true, value: 2048 });
    expect(walkTar(memory(header())).return(7)).toEqual({ done: true, value: 7 });
  });

  it('throws where a source is shorter than its size', () => {
    const bytes = join(header(), header());
    const shrunk: SeekableBytes = { size: 10_000, read: memory(bytes).read };
    expect(() => names(shrunk)).toThrow(
      expect.objectContaining({ code: 'ERR_LAYERS_TAR_TRUNCATED', offset: 1024 }),
    );
    const extension: SeekableBytes = { size: 10_000, read: memory(pax(['path', 'x']).subarray(0, 515)).read };
    expect(() => names(extension)).toThrow(
      expect.objectContaining({ code: 'ERR_LAYERS_TAR_TRUNCATED', offset: 512 }),
    );
  });

  it('throws for a size beyond the end before it yields the entry', () => {
    const seen: string[] = [];
    const walker = walkTar(memory(join(header({ size: 8 ** 11 - 1 }), END)));
    expect(() => {
      for (const { path } of walker) seen.push(text(path));
    }).toThrow(
      expect.objectContaining({ code: 'ERR_LAYERS_TAR_TRUNCATED', offset: 512, hint: expect.any(String) }),
    );
    expect(seen).toEqual([]);
  });

  const temporary = temporaryFolder();
  afterAll(temporary.remove);
  it('walks an open file', () => {
    const path = joinPath(temporary.path, 'a.tar');
    writeFileSync(path, join(entryWith({ name: 'a' }, 'data'), header({ name: 'b' }), END));
    const file = openSync(path, 'r');
    const source: SeekableBytes = {
      size: fstatSync(file).size,
      read: (target, position) => readSync(file, target, 0, target.length, position),
    };
    expect(names(source)).toEqual(['a', 'b']);
    closeSync(file);
  });

  it('reports the end of a truncated tar and the start of the truncated part', () => {
    expect(truncatedTar(512, 'header', 700).message).toBe(
      'truncated: the archive ends at byte 700, inside the header that starts at byte 512',
    );
  });
});
