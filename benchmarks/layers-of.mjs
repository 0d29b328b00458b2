// Compares the declared DiffIDs of an archive with its layers, by GNU tar, gzip, zstd and sha256sum.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { layerFiles } from './describe-images.mjs';

function ask(program, args, what) {
  const { status, stdout } = spawnSync(program, args, { maxBuffer: 1 << 26 });
  if (status !== 0) throw new Error(`${program} cannot read ${what}`);
  return stdout;
}

const blobOf = (digest) => `blobs/${digest.replace(':', '/')}`;

/** Shell commands that print the bytes of a name: of a file in a tar, or of a file in a layout. */
function reader(path, isFolder) {
  return isFolder
    ? { read: (name) => readFileSync(join(path, name)), argv: (name) => ['cat', join(path, name)] }
    : {
        read: (name) => ask('tar', ['-xOf', path, name], name),
        argv: (name) => ['tar', '-xOf', path, name],
      };
}

function members(path, isFolder) {
  const { read } = reader(path, isFolder);
  const json = (name) => JSON.parse(read(name).toString());
  const names = isFolder ? [] : ask('tar', ['-tf', path], path).toString().split('\n');
  if (names.includes('manifest.json')) {
    const config = read(json('manifest.json')[0].Config);
    return { config, layers: layerFiles(path).map(({ name }) => name) };
  }
  const manifest = json(blobOf(json('index.json').manifests[0].digest));
  return {
    config: read(blobOf(manifest.config.digest)),
    layers: manifest.layers.map(({ digest }) => blobOf(digest)),
  };
}

const SUM = {
  none: 'sha256sum',
  gzip: 'gzip -dc | sha256sum',
  zstd: 'zstd -dc | sha256sum',
};

function compressionOf(argv) {
  const start = ask('sh', ['-c', '"$@" | head -c 4 | od -An -tx1', 'sh', ...argv], argv.at(-1))
    .toString()
    .replaceAll(/\s/g, '');
  if (start.startsWith('1f8b')) return 'gzip';
  return start === '28b52ffd' ? 'zstd' : 'none';
}

/**
 * Returns the id of an image (the digest of its config), and the DiffIDs in its config.
 *
 * @param {string} path an archive, or an OCI layout
 * @returns {{ id: string, diffIds: string[] }}
 */
export function imageOf(path, { isFolder = false } = {}) {
  const { config } = members(path, isFolder);
  const id = `sha256:${createHash('sha256').update(config).digest('hex')}`;
  return { id, diffIds: JSON.parse(config.toString()).rootfs.diff_ids };
}

/**
 * Throws an error if the uncompressed layers of an image do not have these DiffIDs, or another compression than
 * `compression`.
 *
 * @param {string} path an archive, or an OCI layout
 * @param {string[]} diffIds
 * @param {{ compression?: 'none' | 'gzip' | 'zstd', isFolder?: boolean }} [options]
 */
export function mustHoldLayers(path, diffIds, { compression, isFolder = false } = {}) {
  const { layers } = members(path, isFolder);
  const named = imageOf(path, { isFolder }).diffIds;
  if (named.join() !== diffIds.join()) throw new Error('its config names other DiffIDs');
  if (layers.length !== diffIds.length)
    throw new Error(`it has ${layers.length} layers, not ${diffIds.length}`);
  for (const [index, name] of layers.entries()) {
    const argv = reader(path, isFolder).argv(name);
    const packed = compressionOf(argv);
    if (compression !== undefined && packed !== compression)
      throw new Error(`layer ${index} is packed as ${packed}, not ${compression}`);
    const sum = ask('sh', ['-c', `"$@" | ${SUM[packed]}`, 'sh', ...argv], name)
      .toString()
      .slice(0, 64);
    if (`sha256:${sum}` !== diffIds[index]) throw new Error(`layer ${index} is not what its DiffID names`);
  }
}
