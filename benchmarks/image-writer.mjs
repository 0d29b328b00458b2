// Writes docker-archives of one image, file by file, for the scripts that make images without Docker.
import { createHash } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';

const BLOCK = 512;
const BATCH = 4 << 20;
const MTIME = 1_700_000_000;
const EMPTY = Buffer.alloc(0);

/** Returns a USTAR header block for a name (ASCII), a type flag, a mode, a size in bytes and the target of a link. */
export function header(name, type, mode, size, link = '') {
  const block = Buffer.alloc(BLOCK);
  let split = 0;
  if (name.length > 100) split = name.indexOf('/', name.length - 101);
  if (split < 0 || split > 155) throw new Error(`name too long for USTAR: ${name}`);
  if (size >= 8 ** 11) throw new Error(`${name} is too large for USTAR: ${size} bytes`);
  block.latin1Write(split > 0 ? name.slice(split + 1) : name, 0);
  block.latin1Write(mode.toString(8).padStart(7, '0'), 100);
  block.latin1Write('0000000', 108);
  block.latin1Write('0000000', 116);
  block.latin1Write(size.toString(8).padStart(11, '0'), 124);
  block.latin1Write(MTIME.toString(8).padStart(11, '0'), 136);
  block.latin1Write('        ', 148);
  block.latin1Write(type, 156);
  block.latin1Write(link, 157);
  block.latin1Write('ustar\u000000', 257);
  if (split > 0) block.latin1Write(name.slice(0, split), 345);
  let sum = 0;
  for (const byte of block) sum += byte;
  block.latin1Write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

/** Writes to a file in large pieces. `hash` gets all bytes after it was set. */
function createWriter(path) {
  const fd = openSync(path, 'w');
  const batch = Buffer.alloc(BATCH);
  let held = 0;
  let written = 0;
  let hash;
  const flush = () => {
    const bytes = batch.subarray(0, held);
    hash?.update(bytes);
    for (let at = 0; at < held; ) at += writeSync(fd, bytes, at, held - at, written + at);
    written += held;
    held = 0;
  };
  return {
    get position() {
      return written + held;
    },
    /** Writes at most 4 MiB. */
    put(bytes) {
      if (held + bytes.length > BATCH) flush();
      held += bytes.copy(batch, held);
    },
    /** Starts a digest, or ends it and returns it in hexadecimal. */
    startHash() {
      flush();
      hash = createHash('sha256');
    },
    endHash() {
      flush();
      const hex = hash.digest('hex');
      hash = undefined;
      return hex;
    },
    patch(bytes, at) {
      flush();
      writeSync(fd, bytes, 0, bytes.length, at);
    },
    end() {
      flush();
      closeSync(fd);
    },
  };
}

/** Writes a file. `content` yields its bytes in pieces; `size` is their sum. */
function putFile(out, { name, type, mode, size, content, link }) {
  out.put(header(name, type, mode, size, link));
  let left = size;
  for (const bytes of content) {
    out.put(bytes);
    left -= bytes.length;
  }
  if (left !== 0) throw new Error(`${name} has ${size - left} bytes, not ${size}`);
  out.put(Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK));
}

/** Returns an entry with the content `bytes` (default: none). */
export const entryOf = (name, type, mode, bytes = EMPTY) => ({
  name,
  type,
  mode,
  size: bytes.length,
  content: bytes.length === 0 ? [] : [bytes],
});

/** Returns entries for all directories of a path that ends in `/`, outermost first. */
export function* folderEntries(root) {
  const parents = root.split('/').slice(0, -1);
  for (let i = 1; i <= parents.length; i++) yield entryOf(`${parents.slice(0, i).join('/')}/`, '5', 0o755);
}

/** Writes the first `count` entries as a layer; returns its DiffID in hexadecimal. */
function putLayer(out, name, entries, count) {
  const at = out.position;
  out.put(Buffer.alloc(BLOCK));
  out.startHash();
  // for-of would close the iterator, which the next layer continues.
  for (let left = count; left > 0; left--) {
    const { value, done } = entries.next();
    if (done) break;
    putFile(out, value);
  }
  out.put(Buffer.alloc(2 * BLOCK));
  const diffId = out.endHash();
  out.patch(header(name, '0', 0o644, out.position - at - BLOCK), at);
  return diffId;
}

/**
 * Writes a docker-archive to `path`. Each layer takes `count` entries from its iterator (default: all). Layers can share
 * an iterator. Each piece of an entry has at most 4 MiB.
 *
 * @param {string} path
 * @param {string} tag of the repository `layers-bench`
 * @param {{ entries: Iterator<object>, count?: number, by: string }[]} layers
 */
export function writeImage(path, tag, layers) {
  const out = createWriter(path);
  const names = layers.map((_, i) => `layer-${i}/layer.tar`);
  const diffIds = layers.map(({ entries, count = Infinity }, i) => putLayer(out, names[i], entries, count));
  const created = new Date(MTIME * 1000).toISOString();
  const config = JSON.stringify({
    architecture: 'amd64',
    os: 'linux',
    created,
    config: { Cmd: ['node'] },
    rootfs: { type: 'layers', diff_ids: diffIds.map((hex) => `sha256:${hex}`) },
    history: layers.map(({ by }) => ({ created, created_by: by })),
  });
  const configName = `${createHash('sha256').update(config).digest('hex')}.json`;
  putFile(out, entryOf(configName, '0', 0o644, Buffer.from(config)));
  const manifest = [{ Config: configName, RepoTags: [`layers-bench:${tag}`], Layers: names }];
  putFile(out, entryOf('manifest.json', '0', 0o644, Buffer.from(JSON.stringify(manifest))));
  out.put(Buffer.alloc(2 * BLOCK));
  out.end();
}
