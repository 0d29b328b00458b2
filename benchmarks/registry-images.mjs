// Makes OCI layouts of one image each, which the tools push to a registry. Their files hardly compress, and no two are equal.
import { createCipheriv, createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { header } from './image-writer.mjs';

const BLOCK = 512;
const KB = 1000;
const MB = 1e6;

/** The bytes of the file in each layer. */
const IMAGES = {
  small: { sizes: [100 * KB, 20 * KB, 2 * KB] },
  mixed: { sizes: [200 * MB, 60 * MB, 25 * MB, 10 * MB, 3 * MB, 300 * KB, 20 * KB, KB] },
  many: { sizes: Array.from({ length: 60 }, (_, i) => (100 + 5 * i) * KB) },
  raw: { sizes: [120 * MB, 50 * MB], isRaw: true },
};

/** The names of the images. */
export const registryImages = Object.keys(IMAGES);

/** The tag of the image in its layout. */
export const TAG = '1';

const sha256 = (bytes) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/** Returns the file of a blob in a layout. */
export const blobFile = (layout, digest) => join(layout, 'blobs', digest.replace(':', '/'));

function tarOf(layer, size) {
  const vector = Buffer.alloc(16);
  vector.writeUInt32BE(layer + 1);
  const cipher = createCipheriv('aes-128-ctr', Buffer.alloc(16, 'layers'), vector);
  const padding = Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);
  return Buffer.concat([
    header(`part-${layer}.bin`, '0', 0o644, size),
    cipher.update(Buffer.alloc(size)),
    padding,
    Buffer.alloc(2 * BLOCK),
  ]);
}

function writeLayout(layout, { sizes, isRaw = false }) {
  mkdirSync(join(layout, 'blobs/sha256'), { recursive: true });
  const put = (bytes, mediaType) => {
    const digest = sha256(bytes);
    writeFileSync(blobFile(layout, digest), bytes);
    return { mediaType, digest, size: bytes.length };
  };
  const json = (value, mediaType) => put(Buffer.from(JSON.stringify(value)), mediaType);
  const diffIds = [];
  const layers = sizes.map((size, layer) => {
    const tar = tarOf(layer, size);
    diffIds.push(sha256(tar));
    const type = 'application/vnd.oci.image.layer.v1.tar';
    return isRaw ? put(tar, type) : put(gzipSync(tar, { level: 1 }), `${type}+gzip`);
  });
  const config = json(
    { architecture: 'amd64', os: 'linux', config: {}, rootfs: { type: 'layers', diff_ids: diffIds } },
    'application/vnd.oci.image.config.v1+json',
  );
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const manifest = json({ schemaVersion: 2, mediaType, config, layers }, mediaType);
  const annotations = { 'org.opencontainers.image.ref.name': TAG };
  const index = { schemaVersion: 2, manifests: [{ ...manifest, annotations }] };
  writeFileSync(join(layout, 'index.json'), JSON.stringify(index));
  writeFileSync(join(layout, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
}

/**
 * Returns an image of the cache, which is made if it does not exist.
 *
 * @returns {{ layout: string, digest: string, config: string, layers: { digest: string, size: number }[],
 *   bytes: number }} `digest` of the manifest; `bytes` of the layers
 */
export function registryImage(cache, name) {
  const layout = join(cache, `registry-${name}`);
  if (!existsSync(layout)) {
    const part = `${layout}.part`;
    rmSync(part, { recursive: true, force: true });
    writeLayout(part, IMAGES[name]);
    renameSync(part, layout);
  }
  const { digest } = JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8')).manifests[0];
  const { config, layers } = JSON.parse(readFileSync(blobFile(layout, digest), 'utf8'));
  const bytes = layers.reduce((sum, { size }) => sum + size, 0);
  return { layout, digest, config: config.digest, layers, bytes };
}

/** Throws unless a directory of blobs has the whole image. `fileOf` returns the file of a digest. */
export function mustHoldImage({ digest, config, layers }, fileOf) {
  for (const wanted of [digest, config, ...layers.map((layer) => layer.digest)]) {
    const file = fileOf(wanted);
    if (!existsSync(file)) throw new Error(`the blob ${wanted} is missing`);
    const found = sha256(readFileSync(file));
    if (found !== wanted) throw new Error(`the blob ${wanted} has the digest ${found}`);
  }
}
