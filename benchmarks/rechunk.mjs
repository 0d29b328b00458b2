// Measures what a host transfers to follow a series of ten versions, each after the one before:
//
//     benchmarks/rechunk-series.sh DIRECTORY       # downloads the series
//     node benchmarks/rechunk.mjs DIRECTORY
//
//   original     the layers of a Dockerfile: base, apt, npm
//   package      a layer for each package, and one for the records of dpkg, without headers of directories: the lower bound
//   by size      the plan that chunkah describes: large packages alone, the others by the hash of their name
//   rechunk      `layers rechunk`, with all earlier outputs as --previous, and without any
//
// All bytes are those of uncompressed tars.
import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { makeSeries } from './rechunk-images.mjs';

const [directory = ''] = process.argv.slice(2);
const cli = process.env['LAYERS_BENCH_CLI'] ?? new URL('../apps/cli/bin/layers.js', import.meta.url).pathname;
const layers = (...args) =>
  JSON.parse(execFileSync(process.execPath, [cli, ...args, '--json'], { maxBuffer: 2 ** 30 }));
const days = readdirSync(directory)
  .filter((name) => name.startsWith('npm-') && existsSync(join(directory, name, 'done')))
  .map((name) => name.slice(4))
  .sort();
const series = await makeSeries(directory, days);

/** Returns the bytes of a folder in a tar. */
function tarBytes(folder) {
  let bytes = 0;
  for (const entry of readdirSync(folder, { recursive: true })) {
    const stat = lstatSync(join(folder, entry));
    bytes += 512 + (stat.isFile() ? Math.ceil(stat.size / 512) * 512 : 0);
  }
  return bytes;
}

/** Returns the npm packages at the top of a folder. */
function modulesOf(folder) {
  return readdirSync(folder).flatMap((name) =>
    name.startsWith('@') ? readdirSync(join(folder, name)).map((sub) => `${name}/${sub}`) : [name],
  );
}

const known = new Map();
const bytesOf = (folder) => {
  if (!known.has(folder)) known.set(folder, tarBytes(folder));
  return known.get(folder);
};

/** The packages of a version: name to bytes and a text that is equal if the package is. */
function partsOf({ installed, modules }) {
  const parts = new Map();
  let records = 1024;
  for (const { name, version, root, control } of installed) {
    parts.set(`dpkg ${name}`, {
      bytes: bytesOf(join(root, 'files')) + bytesOf(join(root, 'info')),
      key: version,
    });
    records +=
      control.length + 40 + 512 + readdirSync(join(root, 'files'), { recursive: true }).join('\n').length;
  }
  for (const name of modulesOf(modules)) {
    const folder = join(modules, name);
    const file = join(folder, 'package.json');
    const version =
      name === '.package-lock.json' || name === '.bin' ? '' : JSON.parse(readFileSync(file, 'utf8')).version;
    if (lstatSync(folder).isDirectory())
      parts.set(`npm ${name}`, { bytes: bytesOf(folder), key: `${version} ${bytesOf(folder)}` });
  }
  return { parts, records };
}

const versions = series.map(partsOf);

/** Returns what each update transfers if the packages are in layers as `plan` says: name to layer. */
function transfers(plan) {
  const layersOf = ({ parts }) => {
    const content = new Map();
    const layerOf = plan(parts);
    for (const [name, { bytes, key }] of [...parts].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const layer = content.get(layerOf(name)) ?? { text: '', bytes: 0 };
      content.set(layerOf(name), { text: `${layer.text}${name} ${key}\n`, bytes: layer.bytes + bytes });
    }
    return [...content.values()];
  };
  return versions.slice(1).map((version, i) => {
    const before = new Set(layersOf(versions[i]).map(({ text }) => text));
    return layersOf(version)
      .filter(({ text }) => !before.has(text))
      .reduce((sum, { bytes }) => sum + bytes, version.records);
  });
}

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;

function hashOf(text) {
  let hash = 0xcbf29ce484222325n;
  for (const byte of Buffer.from(text)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return hash;
}

/** Packages much larger than the median alone, for up to 80 % of the layers; the others by hash. */
const bySize = (most) => (parts) => {
  const sizes = [...parts.values()].map(({ bytes }) => bytes);
  const middle = median(sizes);
  const deviation = median(sizes.map((size) => Math.abs(size - middle)));
  const large = [...parts]
    .filter(([, { bytes }]) => bytes >= middle + 1.5 * deviation)
    .sort(([, a], [, b]) => b.bytes - a.bytes)
    .slice(0, Math.floor(most * 0.8))
    .map(([name]) => name);
  const alone = new Set(large);
  const bins = BigInt(most - 1 - alone.size);
  return (name) => (alone.has(name) ? name : String(hashOf(name) % bins));
};

/** Returns what each update of images transfers. */
const fetched = (paths) => layers('pull-cost', ...paths).updates.map(({ totals }) => totals.fetchedBytes);

function rechunked(most, learns) {
  const output = join(directory, `out-${most}-${learns}`);
  rmSync(output, { recursive: true, force: true });
  mkdirSync(output);
  const made = [];
  for (const { day, layout } of series) {
    const path = join(output, `${day}.tar`);
    const previous = learns ? made.flatMap((each) => ['--previous', each]) : [];
    const { images, sameRootfs } = layers(
      'rechunk',
      '--check',
      '--max-layers',
      String(most),
      ...previous,
      `oci:${layout}`,
      '-o',
      path,
    );
    if (sameRootfs !== true) throw new Error(`${path} has another root file system`);
    console.error(day, most, learns, images[0].rechunk.layers, images[0].layers.length);
    made.push(path);
  }
  return fetched(made);
}

const mega = (bytes) => (bytes / 1e6).toFixed(1).padStart(7);
const total = (of) => of.reduce((sum, bytes) => sum + bytes, 0);
const show = (name, bytes) =>
  console.log(name.padEnd(20), bytes.map(mega).join(''), '  total', mega(total(bytes)));
const sizes = [...versions[0].parts.values()].map(({ bytes }) => bytes);
console.log(
  `${sizes.length} packages, ${mega(total(sizes)).trim()} MB; megabytes that each update transfers:`,
);
show('original', fetched(series.map(({ layout }) => `oci:${layout}`)));
show(
  'package',
  transfers(() => (name) => name),
);
for (const most of [64, 16]) {
  show(`by size, ${most}`, transfers(bySize(most)));
  show(`rechunk, ${most}, all`, rechunked(most, true));
  show(`rechunk, ${most}, none`, rechunked(most, false));
}
