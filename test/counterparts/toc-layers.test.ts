import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as zlib from 'node:zlib';
import { buildIndex, inflatedSource } from '@layers/core/compression';
import { fileSource } from '@layers/core/io';
import { layersAsync } from '@layers/testing/command';
import { digestOf, startTestRegistry } from '@layers/testing/registry';
import { gzipLayer, type LayerBlob, pushedLayers, pushedZtoc } from '@layers/testing/toc-layers';
import { afterAll, expect, it } from 'vitest';
import { randomFrom } from './random-from.ts';

const folder = mkdtempSync(join(tmpdir(), 'layers-toc-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Each takes two runs of the command. */
const CHECKED_FILES = 8;

const FORMATS = ['estargz', 'estargz-joined', 'zstd-stargz', 'zstd-containers', 'soci-small-spans'] as const;

/** Makes a tar of random directories, files with and without patterns, links and holes. */
function randomTar(seed: number): string {
  const random = randomFrom(seed);
  const root = mkdtempSync(join(folder, 'tree-'));
  const files: string[] = [];
  for (let i = 0; i < 40; i++) {
    const directory = join(root, `d${random(5)}`, `e${random(3)}`);
    mkdirSync(directory, { recursive: true });
    const path = join(directory, `f${i}${'x'.repeat(random(4) === 0 ? 120 : 0)}`);
    const size = [0, 1, 511, 512, 513, 70_000, 300_000][random(7)] ?? 0;
    const isRandom = random(2) === 0;
    writeFileSync(
      path,
      Uint8Array.from({ length: size }, (_, at) => (isRandom ? random(256) : at >> 9)),
    );
    if (random(10) === 0) truncateSync(path, size + 3_000_000);
    if (random(6) === 0 && files.length > 0)
      execFileSync('ln', [files[random(files.length)] ?? '', `${path}.ln`]);
    if (random(6) === 0) execFileSync('ln', ['-s', `f${random(40)}`, `${path}.sl`]);
    files.push(path);
  }
  const tar = join(folder, `${seed}.tar`);
  const mode = random(2) === 0 ? 'gnu' : 'pax';
  execFileSync('tar', [`--format=${mode}`, '--mtime=@1700000000', '-cf', tar, '-C', root, '.']);
  return tar;
}

/** Writes a tar as a layer with the library of a format. */
function writtenLayer(format: string, tar: string): LayerBlob {
  const blob = `${tar}.${format}`;
  const annotations = JSON.parse(execFileSync('layers-toc-writer', [format, tar, blob]).toString());
  const isZstd = format.startsWith('zstd');
  const raw = execFileSync(isZstd ? 'zstd' : 'gzip', ['-dc', blob], { maxBuffer: 2 ** 30 });
  const mediaType = `application/vnd.oci.image.layer.v1.tar+${isZstd ? 'zstd' : 'gzip'}`;
  return { blob: new Uint8Array(readFileSync(blob)), annotations, mediaType, diffId: digestOf(raw) };
}

const run = (words: readonly string[]) => layersAsync(words, { env: { LAYERS_CACHE: 'off' } });

// Without arguments it fails, and says how it is used.
const hasWriter = spawnSync('layers-toc-writer').status === 1;

it.skipIf(!hasWriter).each(FORMATS)(
  'layers that the library of %s wrote have the files of their tars',
  async (format) => {
    const registry = await startTestRegistry();
    const name = `docker://${registry.domain}/app:1`;
    try {
      for (let seed = 1; seed <= 2; seed++) {
        const tar = randomTar(seed);
        let annotations = {};
        let layer: LayerBlob;
        if (format === 'soci-small-spans') {
          execFileSync('gzip', ['-kf', tar]);
          layer = gzipLayer(new Uint8Array(readFileSync(`${tar}.gz`)));
          execFileSync('layers-toc-writer', [format, `${tar}.gz`, `${tar}.ztoc`]);
          const ztoc = new Uint8Array(readFileSync(`${tar}.ztoc`));
          const digest = pushedZtoc(registry.storage, 'app', layer, ztoc);
          annotations = { 'com.amazon.soci.index-digest': digest };
        } else layer = writtenLayer(format, tar);
        pushedLayers(registry.storage, 'app', '1', [layer], annotations);
        const lazy = JSON.parse((await run(['ls', '-R', '-q', '--json', name])).stdout);
        const whole = JSON.parse((await run(['ls', '-R', '-q', '--json', '--no-cache', name])).stdout);
        expect(lazy.entries).toEqual(whole.entries);
        expect(lazy.findings.map(({ code }: { code: string }) => code)).toContain('toc-declared');
        const random = randomFrom(seed);
        const files = lazy.entries.filter(({ type }: { type: string }) => type === 'file');
        for (let i = 0; i < CHECKED_FILES; i++) {
          const { path } = files[random(files.length)];
          const parts = JSON.parse((await run(['ls', '-q', '--digest', '--jsonl', name, path])).stdout);
          const all = JSON.parse(
            (await run(['ls', '-q', '--digest', '--jsonl', '--no-cache', name, path])).stdout,
          );
          expect([path, parts.digest]).toEqual([path, all.digest]);
        }
      }
    } finally {
      await registry.stop();
    }
  },
);

it.skipIf(!hasWriter).each(FORMATS.filter((format) => format !== 'soci-small-spans'))(
  'layers that the library of %s wrote are the same at random places as from their start',
  (format) => {
    const tar = randomTar(3);
    const { blob } = writtenLayer(format, tar);
    const isZstd = format.startsWith('zstd');
    const path = `${tar}.${format}`;
    const all = execFileSync(isZstd ? 'zstd' : 'gzip', ['-dc', path], { maxBuffer: 2 ** 30 });
    const stored = fileSource(path);
    const index = buildIndex(stored, isZstd ? 'zstd' : 'gzip', { spacing: 64 * 1024, ignoreTrailing: true });
    const source = inflatedSource(stored, index ?? expect.fail('this Node has no handle'));
    // Zstd in JavaScript takes milliseconds for each.
    const places = isZstd && !('createZstdDecompress' in zlib) ? 500 : 10_000;
    expect([source.size, stored.size]).toEqual([all.length, blob.length]);
    const random = randomFrom(4);
    const open = source.open();
    try {
      for (let i = 0; i < places; i++) {
        const at = random(all.length);
        const target = new Uint8Array(random(20_000));
        const count = open.read(target, at);
        const expected = all.subarray(at, at + target.length);
        if (count !== expected.length || Buffer.compare(target.subarray(0, count), expected) !== 0)
          expect.fail(`${target.length} bytes at ${at} differ`);
      }
    } finally {
      open.close();
    }
  },
);
