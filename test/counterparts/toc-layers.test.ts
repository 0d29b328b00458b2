import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { layersAsync } from '@layers/testing/command';
import { digestOf, startTestRegistry } from '@layers/testing/registry';
import { gzipLayer, type LayerBlob, pushedLayers, pushedZtoc } from '@layers/testing/toc-layers';
import { afterAll, expect, it } from 'vitest';
import { randomFrom } from './random-from.ts';

const folder = mkdtempSync(join(tmpdir(), 'layers-toc-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

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
        for (const { path, type } of lazy.entries) {
          if (type !== 'file') continue;
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
