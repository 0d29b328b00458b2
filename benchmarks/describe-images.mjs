// Writes images.json beside the images of the cache: what they hold according to GNU tar and the decompressors,
// and so what every measured tool has to agree with.
//
//     node describe-images.mjs CACHE
import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';

/** The images of the cache, in the order of the report. */
export const imageNames = [
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

/** What a family of groups reads (its name is what stands before the colon); all others read debian-raw. */
const readBy = {
  start: [],
  inspect: ['debian-raw', 'debian-nochmod', 'debian-gzip', 'debian-zstd'],
  verify: ['debian-raw', 'debian-gzip'],
  diff: ['debian-raw', 'debian-next', 'debian-other'],
  tar: ['debian-raw', 'million'],
  growth: imageNames.filter((name) => !name.startsWith('debian-')),
};

/**
 * The names of the images that a run makes where they are lacking: those of the groups that are asked for by `only`
 * (ids or families; all without it), and with `quick` of those the ones that take seconds and Node.js alone.
 */
export function imagesToMake({ quick, only }) {
  const families = only?.map((id) => id.split(':')[0]);
  const wanted = families?.flatMap((family) => readBy[family] ?? ['debian-raw']) ?? imageNames;
  const names = imageNames.filter((name) => wanted.includes(name));
  return quick ? names.filter((name) => /^(entries-100?k|layers-\d+|bytes-100?m)$/.test(name)) : names;
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

/** The layer members of an archive, in order, each with the command that decompresses it. */
export function layerMembers(archive) {
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

/** Bytes (stored and uncompressed), entries, and regular-file bytes of one layer. */
async function describeLayer(archive, { name, decompress }) {
  const [program, ...args] = decompress;
  const stored = spawn('tar', ['-xOf', archive, name], { stdio: ['ignore', 'pipe', 'inherit'] });
  const raw = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  // GNU tar reads on to the end of its input only when it is told to skip zero blocks.
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
  for (const layer of layerMembers(archive)) layers.push(await describeLayer(archive, layer));
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

/** Reads images.json; an empty object where there is none. */
export function readDescriptions(cache) {
  try {
    return JSON.parse(readFileSync(join(cache, 'images.json'), 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return {};
    throw error;
  }
}

/** Describes every image of the cache that is new or was written anew; returns all descriptions by image name. */
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
