// Writes images.json next to the images of the cache: their contents according to GNU tar and the decompressors. The
// results of all measured tools are compared with it.
//
//     node describe-images.mjs CACHE
import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';

/** The images of the cache, in the order of the report. */
export const imageNames = [
  'alpine',
  'app',
  'debian-base',
  'debian-raw',
  'debian-nochmod',
  'debian-gzip',
  'debian-zstd',
  'debian-next',
  'debian-other',
  'entries-10k',
  'entries-100k',
  'entries-250k',
  'entries-500k',
  'million',
  'layers-1',
  'layers-10',
  'layers-50',
  'layers-100',
  'bytes-10m',
  'bytes-100m',
  'bytes-1g',
  'bytes-10g',
  'big-file',
];

/** The images of a family of groups, by the part of the name before the colon. All others read debian-raw. */
const readBy = {
  start: [],
  spread: ['alpine', 'app', 'debian-base', 'debian-nochmod', 'debian-raw', 'million'],
  // These groups make their own images.
  registry: [],
  inspect: ['debian-raw', 'debian-nochmod', 'debian-gzip', 'debian-zstd'],
  verify: ['debian-raw', 'debian-gzip'],
  diff: ['debian-raw', 'debian-next', 'debian-other'],
  tar: ['debian-raw', 'million'],
  growth: imageNames.filter((name) => /^(?:entries|layers|bytes|big)-|^million$/.test(name)),
};

/**
 * Returns the names of the images that a run needs: those of the groups in `only` (ids or families; default: all). With
 * `quick`, only those that take seconds and need only Node.js.
 */
export function imagesToMake({ quick, only }) {
  const families = only?.map((id) => id.split(':')[0]);
  const wanted = families?.flatMap((family) => readBy[family] ?? ['debian-raw']) ?? imageNames;
  const names = imageNames.filter((name) => wanted.includes(name));
  return quick
    ? names.filter((name) => /^(alpine|app|entries-100?k|layers-\d+|bytes-100?m)$/.test(name))
    : names;
}

function member(archive, name) {
  const { status, stdout } = spawnSync('tar', ['-xOf', archive, name], { maxBuffer: 1 << 26 });
  if (status !== 0) throw new Error(`tar cannot read ${name} in ${archive}`);
  return JSON.parse(stdout.toString());
}

const blobPath = (digest) => `blobs/${digest.replace(':', '/')}`;

function decompressorOf(mediaType) {
  if (/gzip$/.test(mediaType)) return ['gzip', '-dc'];
  if (/zstd$/.test(mediaType)) return ['zstd', '-dc'];
  return ['cat'];
}

/** Returns the layer files of an archive, in order, each with the command that decompresses it. */
export function layerFiles(archive) {
  const names = spawnSync('tar', ['-tf', archive], { maxBuffer: 1 << 26 })
    .stdout.toString()
    .split('\n');
  if (names.includes('manifest.json')) {
    return member(archive, 'manifest.json')[0].Layers.map((name) => ({ name, decompress: ['cat'] }));
  }
  const manifest = member(archive, blobPath(member(archive, 'index.json').manifests[0].digest));
  return manifest.layers.map(({ digest, mediaType }) => ({
    name: blobPath(digest),
    decompress: decompressorOf(mediaType),
  }));
}

const ended = (child, label) =>
  new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => (status === 0 ? resolve() : reject(new Error(`${label}: exit ${status}`))));
  });

/** Returns the bytes (stored and uncompressed), entries and regular-file bytes of a layer. */
async function describeLayer(archive, { name, decompress }) {
  const [program, ...args] = decompress;
  const stored = spawn('tar', ['-xOf', archive, name], { stdio: ['ignore', 'pipe', 'inherit'] });
  const raw = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  // GNU tar reads its input to the end only with --ignore-zeros.
  const list = spawn('tar', ['-tvif', '-', '--numeric-owner', '--quoting-style=escape'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const result = { storedBytes: 0, tarBytes: 0, contentBytes: 0, entries: 0 };
  stored.stdout.on('data', (chunk) => {
    result.storedBytes += chunk.length;
  });
  raw.stdout.on('data', (chunk) => {
    result.tarBytes += chunk.length;
  });
  stored.stdout.pipe(raw.stdin);
  raw.stdout.pipe(list.stdin);
  const lines = createInterface({ input: list.stdout });
  lines.on('line', (line) => {
    result.entries++;
    if (line.startsWith('-')) result.contentBytes += Number(line.split(/ +/, 3)[2]);
  });
  await Promise.all([ended(stored, 'tar'), ended(raw, program), ended(list, 'tar')]);
  return result;
}

async function describeImage(archive) {
  const layers = [];
  for (const layer of layerFiles(archive)) layers.push(await describeLayer(archive, layer));
  const sum = (key) => layers.reduce((total, layer) => total + layer[key], 0);
  return {
    bytes: statSync(archive).size,
    mtimeMs: statSync(archive).mtimeMs,
    layers: layers.length,
    entries: sum('entries'),
    storedBytes: sum('storedBytes'),
    tarBytes: sum('tarBytes'),
    contentBytes: sum('contentBytes'),
    perLayer: layers,
  };
}

/** Returns the content of images.json; an empty object if it does not exist. */
export function readDescriptions(cache) {
  try {
    return JSON.parse(readFileSync(join(cache, 'images.json'), 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return {};
    throw error;
  }
}

/** Describes every new or changed image of the cache; returns all descriptions by image name. */
export async function describeImages(cache) {
  const known = readDescriptions(cache);
  const result = {};
  for (const file of readdirSync(cache).sort()) {
    if (!file.endsWith('.tar') || file.startsWith('.')) continue;
    const name = basename(file, '.tar');
    const { size, mtimeMs } = statSync(join(cache, file));
    const fresh = known[name]?.bytes === size && known[name]?.mtimeMs === mtimeMs;
    result[name] = fresh ? known[name] : await describeImage(join(cache, file));
  }
  writeFileSync(join(cache, 'images.json'), `${JSON.stringify(result, null, 2)}\n`);
  return result;
}

if (process.argv[1]?.endsWith('describe-images.mjs')) {
  const cache = process.argv[2];
  if (cache === undefined) {
    process.stderr.write('usage: node describe-images.mjs CACHE\n');
    process.exit(2);
  }
  for (const [name, image] of Object.entries(await describeImages(cache))) {
    const layers = `${image.layers} layers, ${image.tarBytes.toLocaleString('en')} B uncompressed`;
    const entries = `${image.entries.toLocaleString('en')} entries`;
    process.stdout.write(`${name}.tar: ${image.bytes.toLocaleString('en')} B, ${layers}, ${entries}\n`);
  }
}
