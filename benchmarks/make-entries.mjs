// Writes a docker-archive of one image with an exact number of small entries:
//
//     node make-entries.mjs COUNT FILE
//
// Three layers, as an application image has them: 90 % of the entries are packages in node_modules, 9 % an
// application of the same shape, 1 % touches every tenth package of the first layer: half of those packages are
// stored again (some files with the same bytes, some with others), half are deleted file by file. Two files of
// three are empty, the others hold a line. The same count gives the same bytes.
import { createHash } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';

const BLOCK = 512;
const BATCH = 4 << 20;
const MTIME = 1_700_000_000;
const WORDS =
  'async base cache core data event file http index json lexer node parse query stream util view'.split(' ');
const FOLDERS = ['', 'lib/', 'lib/internal/', 'test/'];
const FILES_A_FOLDER = 8;

/** A USTAR header block. Takes the name (ASCII), the type flag, the mode, and the size in bytes. */
function header(name, type, mode, size) {
  const block = Buffer.alloc(BLOCK);
  let split = 0;
  if (name.length > 100) split = name.indexOf('/', name.length - 101);
  if (split < 0 || split > 155) throw new Error(`name too long for USTAR: ${name}`);
  block.latin1Write(split > 0 ? name.slice(split + 1) : name, 0);
  block.latin1Write(mode.toString(8).padStart(7, '0'), 100);
  block.latin1Write('0000000', 108);
  block.latin1Write('0000000', 116);
  block.latin1Write(size.toString(8).padStart(11, '0'), 124);
  block.latin1Write(MTIME.toString(8).padStart(11, '0'), 136);
  block.latin1Write('        ', 148);
  block.latin1Write(type, 156);
  block.latin1Write('ustar\u000000', 257);
  if (split > 0) block.latin1Write(name.slice(0, split), 345);
  let sum = 0;
  for (const byte of block) sum += byte;
  block.latin1Write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

/** Writes to a file in large pieces; `hash` sees the bytes since it was set. */
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
    put(bytes) {
      if (held + bytes.length > BATCH) flush();
      held += bytes.copy(batch, held);
    },
    /** Starts a digest, or ends it and gives its hex form. */
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

function putMember(out, name, type, mode, content) {
  out.put(header(name, type, mode, content.length));
  if (content.length === 0) return;
  out.put(content);
  out.put(Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK));
}

const EMPTY = Buffer.alloc(0);
const word = (n) => WORDS[n % WORDS.length];

/** The entries of package `n` below `root`: folders, then their files. `version` changes some of the contents. */
function* packageEntries(root, n, version) {
  const home = `${root}${word(n)}-${word(n * 7 + 3)}-${n.toString(36)}/`;
  let file = 0;
  for (const folder of FOLDERS) {
    yield { name: `${home}${folder}`, type: '5', mode: 0o755, content: EMPTY };
    for (let i = 0; i < FILES_A_FOLDER; i++, file++) {
      const name = `${home}${folder}${word(n + file * 5)}-${word(file)}-${i}.js`;
      const text = file % 3 === 0 ? `module.exports = '${n}.${file}.${file % 2 === 0 ? version : 0}';\n` : '';
      yield { name, type: '0', mode: 0o644, content: text === '' ? EMPTY : Buffer.from(text, 'latin1') };
    }
  }
}

function* freshEntries(root) {
  const parents = root.split('/').slice(0, -1);
  for (let i = 1; i <= parents.length; i++) {
    yield { name: `${parents.slice(0, i).join('/')}/`, type: '5', mode: 0o755, content: EMPTY };
  }
  for (let n = 0; ; n++) yield* packageEntries(root, n, 1);
}

function* changedEntries(root) {
  for (let n = 0; ; n += 10) {
    const deletes = (n / 10) % 2 === 1;
    for (const entry of packageEntries(root, n, 2)) {
      if (!deletes || entry.type === '5') yield entry;
      else yield { ...entry, name: entry.name.replace(/[^/]*$/, '.wh.$&'), content: EMPTY };
    }
  }
}

/** Writes the first `count` of the entries as a layer member; returns its DiffID in hex. */
function putLayer(out, member, entries, count) {
  const at = out.position;
  out.put(Buffer.alloc(BLOCK));
  out.startHash();
  let left = count;
  for (const entry of entries) {
    if (left-- === 0) break;
    putMember(out, entry.name, entry.type, entry.mode, entry.content);
  }
  out.put(Buffer.alloc(2 * BLOCK));
  const diffId = out.endHash();
  out.patch(header(member, '0', 0o644, out.position - at - BLOCK), at);
  return diffId;
}

function main(count, path) {
  const changed = Math.floor(count / 100);
  const application = Math.floor(count * 0.09);
  const modules = 'usr/lib/node_modules/';
  const layers = [
    { entries: freshEntries(modules), count: count - application - changed, by: 'COPY node_modules' },
    { entries: freshEntries('srv/app/packages/'), count: application, by: 'COPY packages' },
    { entries: changedEntries(modules), count: changed, by: 'RUN npm update' },
  ];
  const out = createWriter(path);
  const members = layers.map((_, i) => `layer-${i}/layer.tar`);
  const diffIds = layers.map((layer, i) => putLayer(out, members[i], layer.entries, layer.count));
  const created = new Date(MTIME * 1000).toISOString();
  const config = JSON.stringify({
    architecture: 'amd64',
    os: 'linux',
    created,
    config: { Cmd: ['node'] },
    rootfs: { type: 'layers', diff_ids: diffIds.map((hex) => `sha256:${hex}`) },
    history: layers.map((layer) => ({ created, created_by: layer.by })),
  });
  const configName = `${createHash('sha256').update(config).digest('hex')}.json`;
  putMember(out, configName, '0', 0o644, Buffer.from(config));
  const manifest = [{ Config: configName, RepoTags: [`layers-bench:entries-${count}`], Layers: members }];
  putMember(out, 'manifest.json', '0', 0o644, Buffer.from(JSON.stringify(manifest)));
  out.put(Buffer.alloc(2 * BLOCK));
  out.end();
}

const [count, path] = process.argv.slice(2);
if (!/^[1-9][0-9]{1,7}$/.test(count ?? '') || path === undefined) {
  process.stderr.write('usage: node make-entries.mjs COUNT FILE\n');
  process.exit(2);
}
main(Number(count), path);
