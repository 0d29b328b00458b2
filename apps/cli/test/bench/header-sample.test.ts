import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileSource } from '@layers/core/io';
import { ChangesetIndexer } from '@layers/core/rootfs';
import { walkTar } from '@layers/tar';
import { runs } from '@layers/testing/random-runs';
import { buildTar } from '@layers/testing/tar-builder';
import * as fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { Blob } from '../../src/bench/blobs.ts';
import { collectHeaders, createHeaderCollector } from '../../src/bench/header-sample.ts';
import { parseOnce } from '../../src/bench/parse-stage.ts';

const folder = mkdtempSync(join(tmpdir(), 'layers-headers-'));
afterAll(() => rmSync(folder, { recursive: true }));

const tar = buildTar([
  { path: 'a', data: Buffer.alloc(3000, 1) },
  { path: 'name/'.repeat(60), type: 'directory' },
  { path: 'b' },
  { path: 'c', data: Buffer.alloc(512, 2) },
]);
const path = join(folder, 'layer.tar');
writeFileSync(path, tar);

function blobOf(compression: Blob['compression']): Blob {
  const indexer = new ChangesetIndexer();
  const read = (target: Uint8Array, position: number) => {
    const part = tar.subarray(position, position + target.length);
    target.set(part);
    return part.length;
  };
  for (const entry of walkTar({ size: tar.length, read })) indexer.add(entry);
  return {
    source: fileSource(path),
    compression,
    tarBytes: tar.length,
    isInput: true,
    changeset: indexer.finish(),
  };
}

const options = { runs: 1, maxSeconds: 1, begin: () => {} };

describe('headers of layers', () => {
  it('are equal whether read from a file or collected from chunks of any size', async () => {
    const [expected] = (await collectHeaders([blobOf(null)], options)).samples();
    expect(parseOnce(expected === undefined ? [] : [expected]).entries).toBe(4);
    const lengths = fc.array(fc.integer({ min: 1, max: 1500 }), { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(lengths, async (pieces) => {
        const blob = blobOf('gzip');
        const headers = await collectHeaders([blob], options);
        for (let at = 0, i = 0; at < tar.length; i++) {
          const length = pieces[i % pieces.length] ?? 1;
          headers.onTar(blob, tar.subarray(at, at + length), at);
          at += length;
        }
        expect(headers.samples()).toEqual([expected]);
      }),
      { numRuns: runs(50, 1000) },
    );
  });

  it('are kept as whole entries up to the limit', () => {
    const { source, changeset } = blobOf(null);
    if (changeset === null) throw new Error('the layer has entries');
    const within = (room: number) => {
      const collector = createHeaderCollector(changeset, room);
      collector.read(source);
      return collector.result().entries;
    };
    const [first = 0, second = 0] = changeset.headerBytes;
    expect([0, first - 1, first, first + second - 1, first + second].map(within)).toEqual([0, 0, 1, 1, 2]);
  });
});
