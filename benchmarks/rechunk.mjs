// Measures what a host transfers to follow a series of ten versions, each after the one before:
//
//     benchmarks/rechunk-series.sh DIRECTORY       # downloads two series
//     node benchmarks/rechunk.mjs DIRECTORY web
//     node benchmarks/rechunk.mjs DIRECTORY python
//
//   original     the layers of a Dockerfile: base, apt, npm or pip, code
//   package      a layer for each package, and one for the records of dpkg
//   chunkah      the layers of its packing; packages of npm and pip are components by its extended attribute
//   rechunk      `layers rechunk`, with all earlier outputs as --previous, and without any
//
// Each layer is compressed with zlib at level 6, as a registry has it. A second table has bytes of uncompressed tars.
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { makeSeries } from './rechunk-images.mjs';
import { chunkah, partsOf, recordsOf, tarsOf } from './rechunk-plans.mjs';

const [folder = '', name = 'web', ...only] = process.argv.slice(2);
const directory = resolve(folder);
const cli = process.env['LAYERS_BENCH_CLI'] ?? new URL('../apps/cli/bin/layers.js', import.meta.url).pathname;
const layers = (...args) =>
  JSON.parse(execFileSync(process.execPath, [cli, ...args, '--json'], { maxBuffer: 2 ** 30 }));

// Sizes by digest or by what a layer is made of: the same layer is compressed once.
const cachePath = join(directory, `sizes-${name}.json`);
const sizes = new Map(existsSync(cachePath) ? JSON.parse(readFileSync(cachePath, 'utf8')) : []);
const saveSizes = () => writeFileSync(cachePath, JSON.stringify([...sizes]));

/** Returns the size of a stream and its compressed size. */
async function sizeOf(key, open) {
  const known = sizes.get(key);
  if (known !== undefined) return known;
  const size = { tar: 0, packed: 0 };
  const counted = async function* () {
    for await (const chunk of open()) {
      size.tar += chunk.length;
      yield chunk;
    }
  };
  const gzip = createGzip({ level: 6, chunkSize: 2 ** 18 });
  gzip.on('data', (chunk) => (size.packed += chunk.length));
  await pipeline(counted, gzip);
  sizes.set(key, size);
  saveSizes();
  return size;
}

async function* tarOf(parts) {
  for (const { args, input } of tarsOf(parts)) {
    const tar = spawn('tar', args, { stdio: ['pipe', 'pipe', 'inherit'] });
    const ended = once(tar, 'close');
    // A tar of files that its arguments name does not read it.
    tar.stdin.on('error', (error) => {
      if (error.code !== 'EPIPE') throw error;
    });
    tar.stdin.end(input);
    yield* tar.stdout;
    const [code] = await ended;
    if (code !== 0) throw new Error(`tar ${args.join(' ')}`);
  }
}

/** Returns the sizes of the layers of an image in an OCI layout, by digest. */
async function layersOf(layout) {
  const blob = (digest) => join(layout, 'blobs/sha256', digest.slice(7));
  const index = JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8'));
  const manifest = JSON.parse(readFileSync(blob(index.manifests[0].digest), 'utf8'));
  const result = new Map();
  for (const { digest } of manifest.layers)
    result.set(
      digest,
      await sizeOf(digest, () => createReadStream(blob(digest), { highWaterMark: 2 ** 20 })),
    );
  return result;
}

/** Returns the sizes of planned layers, by what they are made of. */
async function plannedLayers(plan) {
  const result = new Map();
  for (const parts of plan) {
    const text = parts
      .map(({ key }) => key)
      .sort()
      .join('\n');
    const key = createHash('sha256').update(text).digest('hex');
    result.set(key, await sizeOf(key, () => tarOf(parts)));
  }
  return result;
}

/** Returns what each update transfers. */
function updatesOf(versions, kind) {
  return versions
    .slice(1)
    .map((version, i) =>
      [...version].reduce((sum, [key, size]) => sum + (versions[i].has(key) ? 0 : size[kind]), 0),
    );
}

/** Prints what each update transfers, and by how much the one that is worst beside the original exceeds it. */
function show(label, versions, original) {
  for (const kind of ['packed', 'tar']) {
    const updates = updatesOf(versions, kind);
    const excess = updatesOf(original, kind).map((bytes, i) => (updates[i] ?? 0) - bytes);
    const first = [...versions[0].values()].reduce((sum, size) => sum + size[kind], 0);
    const total = updates.reduce((sum, bytes) => sum + bytes, 0);
    const mega = (bytes) => (bytes / 1e6).toFixed(1).padStart(7);
    console.log(
      kind === 'tar' ? 'tar ' : 'gzip',
      label.padEnd(18),
      updates.map(mega).join(''),
      '  sum',
      mega(total),
      '  at most above the original',
      String(Math.max(...excess)).padStart(10),
      '  first',
      mega(first),
      `  ${versions[0].size} to ${versions.at(-1).size} layers`,
    );
  }
}

const series = await makeSeries(directory, name);

/** Returns the layers of the outputs of `layers rechunk`. */
async function rechunked(most, learns, options = []) {
  const output = join(directory, `out-${name}`);
  const made = [];
  const versions = [];
  for (const { step, layout } of series) {
    const path = `oci:${output}-${step}`;
    rmSync(`${output}-${step}`, { recursive: true, force: true });
    const previous = learns ? made.flatMap((each) => ['--previous', each]) : [];
    const given = ['--check', '--max-layers', String(most), ...options, ...previous];
    const { images, sameRootfs } = layers('rechunk', ...given, `oci:${layout}`, '-o', path);
    if (sameRootfs !== true) throw new Error(`${path} has another root file system`);
    console.error(step, most, learns, options.join(' '), images[0].rechunk.layers, images[0].layers.length);
    made.push(path);
    versions.push(await layersOf(`${output}-${step}`));
  }
  for (const { step } of series) rmSync(`${output}-${step}`, { recursive: true, force: true });
  return versions;
}

const versionsOf = async (plan) => {
  const versions = [];
  for (const version of series) versions.push(await plannedLayers(plan(version)));
  return versions;
};
const originals = async () => {
  const versions = [];
  for (const { layout } of series) versions.push(await layersOf(layout));
  return versions;
};
const rows = new Map([
  ['original', originals],
  [
    'package',
    () =>
      versionsOf((version) =>
        [...partsOf(version), recordsOf(directory, version, true)].map((part) => [part]),
      ),
  ],
]);
for (const most of [64, 16]) {
  rows.set(`chunkah ${most}`, () =>
    versionsOf((version) => chunkah(partsOf(version), recordsOf(directory, version, true), most)),
  );
  rows.set(`rechunk ${most}`, () => rechunked(most, false));
  rows.set(`rechunk ${most}, all`, () => rechunked(most, true));
}
rows.set('rechunk 64, base', () => rechunked(64, false, ['--from', '1']));
const original = await originals();
for (const [label, measure] of rows)
  if (only.length === 0 || only.includes(label)) show(label, await measure(), original);
for (const file of readdirSync(directory))
  if (/^records/.test(file)) rmSync(join(directory, file), { recursive: true });
