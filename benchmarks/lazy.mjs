// Counts what a registry sends for commands that show an image: the bytes of all connections, with headers, in kB. Needs a build,
// docker-registry, crane, skopeo, zstd, and layers-toc-writer (test/counterparts/toc-writers).
//
//     node benchmarks/lazy.mjs ARCHIVE
//
// The layers of the image are pushed as gzip, as eStargz, as both kinds of zstd:chunked, and as gzip with indexes of SOCI.
import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startCounter, startRegistry } from './registry-server.mjs';

const [archive] = process.argv.slice(2);
if (archive === undefined) {
  console.error('usage: node benchmarks/lazy.mjs ARCHIVE');
  process.exit(2);
}
const cli =
  process.env.LAYERS_BENCH_CLI ?? fileURLToPath(new URL('../apps/cli/bin/layers.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'layers-bench-lazy-'));
const OCI = 'application/vnd.oci.image';
const FORMATS = ['gzip', 'estargz', 'zstd-stargz', 'zstd-containers', 'soci'];

/** Adds a blob to a layout. Returns its descriptor. */
function addBlob(layout, mediaType, bytes) {
  const hex = createHash('sha256').update(bytes).digest('hex');
  mkdirSync(join(layout, 'blobs/sha256'), { recursive: true });
  writeFileSync(join(layout, 'blobs/sha256', hex), bytes);
  return { mediaType, digest: `sha256:${hex}`, size: bytes.length };
}

const addDocument = (layout, mediaType, document) =>
  addBlob(layout, mediaType, Buffer.from(JSON.stringify(document)));

function writeLayout(layout, manifest) {
  writeFileSync(join(layout, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  const annotations = { 'org.opencontainers.image.ref.name': '1' };
  const manifests = [{ ...manifest, annotations }];
  writeFileSync(join(layout, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }));
}

/** Pushes a layout. Artifacts without a platform, such as indexes of SOCI, are copied too. */
const push = (layout, name) =>
  execFileSync('skopeo', [
    'copy',
    '--quiet',
    '--preserve-digests',
    '--dest-tls-verify=false',
    `oci:${layout}:1`,
    `docker://${name}`,
  ]);

/** Makes the layers of the image in a format. Returns the layout, with that of the index of SOCI. */
function imageIn(format, tars, config) {
  const layout = join(folder, format);
  const ztocs = [];
  const layers = tars.map((tar) => {
    const blob = `${tar}.${format}`;
    const isPlain = format === 'gzip' || format === 'soci';
    const written = isPlain ? '{}' : execFileSync('layers-toc-writer', [format, tar, blob]).toString();
    if (isPlain) writeFileSync(blob, execFileSync('gzip', ['-6', '-nc', tar], { maxBuffer: 2 ** 31 }));
    const type = format.startsWith('zstd') ? 'zstd' : 'gzip';
    const layer = addBlob(layout, `${OCI}.layer.v1.tar+${type}`, readFileSync(blob));
    if (format === 'soci') {
      execFileSync('layers-toc-writer', ['soci', blob, `${blob}.ztoc`]);
      ztocs.push({ layer, bytes: readFileSync(`${blob}.ztoc`) });
    }
    return { ...layer, annotations: JSON.parse(written) };
  });
  const diffIds = tars.map(
    (tar) => `sha256:${createHash('sha256').update(stored(tar, format)).digest('hex')}`,
  );
  const described = { ...config, rootfs: { type: 'layers', diff_ids: diffIds } };
  const base = {
    schemaVersion: 2,
    mediaType: `${OCI}.manifest.v1+json`,
    config: addDocument(layout, `${OCI}.config.v1+json`, described),
    layers,
  };
  const soci = ztocs.length === 0 ? null : sociIndex(ztocs);
  const annotations = soci === null ? undefined : { 'com.amazon.soci.index-digest': soci.manifest.digest };
  writeLayout(layout, addDocument(layout, base.mediaType, { ...base, annotations }));
  return { layout, soci: soci?.layout ?? null, storedBytes: layers.reduce((sum, { size }) => sum + size, 0) };
}

/** The uncompressed bytes of a layer. */
function stored(tar, format) {
  if (format === 'gzip' || format === 'soci') return readFileSync(tar);
  const [program, maxBuffer] = [format.startsWith('zstd') ? 'zstd' : 'gzip', 2 ** 31];
  return execFileSync(program, ['-dc', `${tar}.${format}`], { maxBuffer });
}

function sociIndex(ztocs) {
  const layout = join(folder, 'soci-index');
  const type = 'application/vnd.amazon.soci.index.v2+json';
  const config = addDocument(layout, type, {});
  const layers = ztocs.map(({ layer, bytes }) => ({
    ...addBlob(layout, 'application/octet-stream', bytes),
    annotations: { 'com.amazon.soci.image-layer-digest': layer.digest },
  }));
  const document = { schemaVersion: 2, mediaType: `${OCI}.manifest.v1+json`, config, layers };
  const manifest = addDocument(layout, document.mediaType, document);
  writeLayout(layout, manifest);
  return { layout, manifest };
}

const execute = promisify(execFile);

/** Runs the command. The proxy, which is in this process, works meanwhile. */
async function layers(words, cache) {
  const env = { ...process.env, LAYERS_CACHE: cache, XDG_CACHE_HOME: join(folder, 'code') };
  const options = { env, maxBuffer: 2 ** 30, encoding: 'buffer' };
  return (await execute(process.execPath, [cli, ...words], options)).stdout;
}

/** Uncompressed layers and the config of the archive. */
async function readImage() {
  const layout = join(folder, 'raw');
  await layers(['repack', '--compression', 'none', '-q', archive, '-o', `oci:${layout}:1`], 'off');
  const at = ({ digest }) => join(layout, 'blobs', digest.replace(':', '/'));
  const { manifests } = JSON.parse(readFileSync(join(layout, 'index.json')));
  const manifest = JSON.parse(readFileSync(at(manifests[0])));
  const tars = manifest.layers.map((layer, i) => {
    const tar = join(folder, `${i}.tar`);
    renameSync(at(layer), tar);
    return tar;
  });
  return { tars, config: JSON.parse(readFileSync(at(manifest.config))) };
}

/** A small file of the largest layer. */
async function chooseFile(tars) {
  const sizes = tars.map((tar) => statSync(tar).size);
  const layer = sizes.indexOf(Math.max(...sizes));
  const lines = await layers(['ls', '-R', '--layer', String(layer), '--jsonl', archive], 'off');
  const files = lines
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const small = files.filter(
    ({ type, sizeBytes }) => type === 'file' && sizeBytes > 1000 && sizeBytes < 3000,
  );
  return small[Math.floor(small.length / 2)]?.path ?? files.find(({ type }) => type === 'file').path;
}

const registry = await startRegistry('docker-registry', folder);
const counter = await startCounter(registry);
try {
  const { tars, config } = await readImage();
  const path = await chooseFile(tars);
  console.log(`${archive}, received in kB; cat is of ${path}`);
  console.log(
    '| layers | stored | `tree` | of it | `tree` again | `cat` after `tree` | `cat` alone | `crane export` |',
  );
  console.log('|---|--:|--:|--:|--:|--:|--:|--:|');
  for (const format of FORMATS) {
    const image = imageIn(format, tars, config);
    if (image.soci !== null) push(image.soci, `${registry.domain}/app:soci`);
    push(image.layout, `${registry.domain}/app:${format}`);
    const name = `docker://${counter.domain}/app:${format}`;
    const expected = await layers(['cat', archive, path], 'off');
    const received = await countedRun(() => layers(['tree', name], join(folder, `${format}-cache`)));
    const again = await countedRun(() => layers(['tree', name], join(folder, `${format}-cache`)));
    const cat = async (cache) => {
      if (!(await layers(['cat', name, path], cache)).equals(expected))
        throw new Error(`${format}: ${path} is wrong`);
    };
    const after = await countedRun(() => cat(join(folder, `${format}-cache`)));
    const alone = await countedRun(() => cat('off'));
    const exported = await countedRun(() =>
      crane(['export', '--insecure', `${counter.domain}/app:${format}`, join(folder, 'exported.tar')]),
    );
    const share = `${((100 * received) / image.storedBytes).toFixed(2)} %`;
    const cells = [
      format,
      kB(image.storedBytes),
      kB(received),
      share,
      kB(again),
      kB(after),
      kB(alone),
      kB(exported),
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
} finally {
  await counter.stop();
  await registry.stop();
  rmSync(folder, { recursive: true, force: true });
}

function kB(bytes) {
  return Math.round(bytes / 1000).toLocaleString('en');
}

/** crane does not read every compression: what it transferred until then counts. */
async function crane(words) {
  try {
    await execute('crane', words);
  } catch (error) {
    console.error(`crane: ${error.stderr.trim().split('\n').at(-1)}`);
  }
}

/** Returns the bytes that the registry sent while something ran. */
async function countedRun(run) {
  counter.counts.received = 0;
  await run();
  // Sockets that have ended may still be read.
  await new Promise((resolve) => setTimeout(resolve, 50));
  return counter.counts.received;
}
