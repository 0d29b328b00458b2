// Reads root file systems with GNU tar and lstat, without `layers`, in a form that can be compared.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  closeSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  rmSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { shell } from './context.mjs';
import { layerFiles } from './describe-images.mjs';

/**
 * @typedef {object} Entry
 * @property {string} type
 * @property {string} [mode] octal; symbolic links have none
 * @property {string} owner `uid:gid`
 * @property {number} time seconds since 1970
 * @property {number} [size] of regular files, in bytes
 * @property {string} [content] of regular files: their SHA-256
 * @property {string} [group] of regular files with several names: the first of them
 * @property {string} [target] of symbolic links
 * @property {number} [device] of device nodes
 *
 * @typedef {Record<string, Entry>} Tree keys are paths without a leading slash; the root itself is not in it
 */

/** The paths that Docker and podman mount or create in every container. */
const MADE_BY_ENGINES =
  /^(\.dockerenv|dev\/.*|etc\/(hostname|hosts|mtab|resolv\.conf)|(dev|etc|proc|run|sys)|run\/\.containerenv)$/;

const types = [
  ['isFile', 'file'],
  ['isDirectory', 'directory'],
  ['isSymbolicLink', 'symlink'],
  ['isCharacterDevice', 'character device'],
  ['isBlockDevice', 'block device'],
  ['isFIFO', 'fifo'],
  ['isSocket', 'socket'],
];

const buffer = Buffer.allocUnsafe(1 << 20);

function digestOf(file) {
  const hash = createHash('sha256');
  const fd = openSync(file, 'r');
  try {
    for (;;) {
      const length = readSync(fd, buffer, 0, buffer.length, null);
      if (length === 0) return hash.digest('hex');
      hash.update(buffer.subarray(0, length));
    }
  } finally {
    closeSync(fd);
  }
}

function entryOf(path) {
  const stat = lstatSync(path);
  const type = types.find(([is]) => stat[is]())?.[1] ?? 'unknown';
  const entry = { type, owner: `${stat.uid}:${stat.gid}`, time: Math.floor(stat.mtimeMs / 1000) };
  if (type === 'symlink') return { ...entry, target: readlinkSync(path) };
  entry.mode = (stat.mode & 0o7777).toString(8);
  if (type.endsWith('device')) entry.device = stat.rdev;
  if (type !== 'file') return entry;
  entry.size = stat.size;
  return stat.nlink > 1 ? { ...entry, inode: stat.ino } : { ...entry, content: digestOf(path) };
}

/** Returns the files and directories below a directory. @returns {Tree} */
export function treeOfDirectory(root) {
  const tree = {};
  const walk = (folder) => {
    for (const name of readdirSync(join(root, folder)).sort()) {
      const path = join(folder, name);
      tree[path] = entryOf(join(root, path));
      if (tree[path].type === 'directory') walk(path);
    }
  };
  walk('');
  const linked = new Map();
  for (const path of Object.keys(tree).sort()) {
    const { inode, ...entry } = tree[path];
    if (inode === undefined) continue;
    const first = linked.get(inode) ?? { group: path, content: digestOf(join(root, path)) };
    linked.set(inode, first);
    tree[path] = { ...entry, ...first };
  }
  return tree;
}

/** Returns the tree that GNU tar extracts from the output of a command. */
function unpacked(argv, scratch) {
  mkdirSync(dirname(scratch), { recursive: true });
  const folder = mkdtempSync(`${scratch}-`);
  try {
    const script =
      'folder=$1; shift; "$@" | tar --numeric-owner --delay-directory-restore -xpf - -C "$folder"';
    const [program, ...args] = shell(script, folder, ...argv);
    const { status, stderr } = spawnSync(program, args, { encoding: 'utf8' });
    if (status !== 0) throw new Error(`GNU tar cannot unpack it: ${stderr.trim().split('\n').at(-1)}`);
    return treeOfDirectory(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Returns the tree in a tar. Extracts it into a directory named after `scratch`. Owners need root. @returns {Tree} */
export const treeOfTar = (file, scratch) => unpacked(['cat', file], scratch);

/** Returns the tree in the only layer of an archive. Throws if it has several. @returns {Tree} */
export function treeOfOnlyLayer(archive, scratch) {
  const layers = layerFiles(archive);
  if (layers.length !== 1) throw new Error(`it has ${layers.length} layers`);
  return unpacked(['tar', '-xOf', archive, layers[0].name], scratch);
}

const counted = (count, one, many) => `${count.toLocaleString('en')} ${count === 1 ? one : many}`;

const fields = {
  type: ['type differs', 'types differ'],
  mode: ['mode differs', 'modes differ'],
  owner: ['owner differs', 'owners differ'],
  time: ['time differs', 'times differ'],
  size: ['size differs', 'sizes differ'],
  content: ['content differs', 'contents differ'],
  group: ['hard link differs', 'hard links differ'],
  target: ['link target differs', 'link targets differ'],
  device: ['device differs', 'devices differ'],
};

/**
 * Returns the differences between two trees in words; an empty text if there are none. Ignores the paths that container
 * engines add to every container.
 *
 * @param {Tree} found
 * @param {Tree} expected
 */
export function difference(found, expected) {
  const compared = (tree) => Object.keys(tree).filter((path) => !MADE_BY_ENGINES.test(path));
  const said = [];
  const say = (paths, words, example = (path) => `/${path}`) => {
    if (paths.length > 0) said.push(`${counted(paths.length, ...words)} (such as ${example(paths[0])})`);
  };
  const both = compared(found).filter((path) => Object.hasOwn(expected, path));
  say(
    compared(expected).filter((path) => !Object.hasOwn(found, path)),
    ['path missing', 'paths missing'],
  );
  say(
    compared(found).filter((path) => !Object.hasOwn(expected, path)),
    ['path too many', 'paths too many'],
  );
  for (const [field, words] of Object.entries(fields)) {
    const short = (value) => (value === undefined ? 'none' : String(value).slice(0, 40));
    say(
      both.filter((path) => found[path][field] !== expected[path][field]),
      words,
      (path) => `/${path}: ${short(found[path][field])}, not ${short(expected[path][field])}`,
    );
  }
  return said.join('; ');
}

/** Throws an error that lists the differences, if there are any. */
export function mustEqual(found, expected) {
  const said = difference(found, expected);
  if (said !== '') throw new Error(said);
}
