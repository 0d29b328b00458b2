import { createHash } from 'node:crypto';
import {
  type BigIntStats,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './processes.ts';
import { group, type Tree, type TreeEntry } from './tree.ts';

const second = 1_000_000_000n;

/** Returns the tree below a directory, without the directory itself. */
export async function treeOfFolder(folder: string): Promise<Tree> {
  const { tree, names } = walk(folder);
  group(
    tree,
    names.filter(([key = '']) => tree.get(key)?.type === 'file'),
  );
  await addCapabilities(tree, folder);
  return tree;
}

/** Like `folderTree`, with the directory itself as `/`, hard links of all types, and all extended attributes. */
export async function fullTreeOfFolder(folder: string): Promise<Tree> {
  const { tree, names } = walk(folder);
  group(tree, names);
  tree.set('/', entryOf(Buffer.from(folder), lstatSync(folder, { bigint: true })));
  await addCapabilities(tree, folder);
  for (const [key, xattrs] of await xattrsUnder(folder, '-')) {
    const entry = tree.get(key === '' ? '/' : key);
    if (entry !== undefined) entry.xattrs = [...xattrs].map(([name, value]) => `${name}=${value}`).sort();
  }
  return tree;
}

/** Returns the tree below a directory, and the keys of each inode that is not a directory. */
function walk(folder: string): { tree: Tree; names: string[][] } {
  const tree: Tree = new Map();
  const names = new Map<string, string[]>();
  visit(Buffer.from(folder), '', tree, names);
  return { tree, names: [...names.values()] };
}

async function addCapabilities(tree: Tree, folder: string): Promise<void> {
  for (const [key, xattrs] of await xattrsUnder(folder, '^security\\.capability$')) {
    const entry = tree.get(key);
    const capability = xattrs.get('security.capability');
    if (entry !== undefined && capability !== undefined) entry.capability = capability;
  }
}

/** Returns the tree that GNU tar extracts from a tar. */
export async function treeOfTar(file: string, flags: readonly string[] = []): Promise<Tree> {
  const folder = mkdtempSync(join(tmpdir(), 'layers-untar-'));
  try {
    const keep = ['--numeric-owner', '--same-owner', '--same-permissions', '--xattrs', '--xattrs-include=*'];
    await run('tar', [...keep, ...flags, '--extract', '--file', file, '--directory', folder]);
    return await treeOfFolder(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function visit(folder: Buffer, key: string, tree: Tree, names: Map<string, string[]>): void {
  for (const name of readdirSync(folder, { encoding: 'buffer' })) {
    const path = Buffer.concat([folder, Buffer.from('/'), name]);
    const childKey = `${key}/${name.toString('latin1')}`;
    const stat = lstatSync(path, { bigint: true });
    tree.set(childKey, entryOf(path, stat));
    if (!stat.isDirectory()) {
      const known = names.get(`${stat.dev}:${stat.ino}`);
      if (known === undefined) names.set(`${stat.dev}:${stat.ino}`, [childKey]);
      else known.push(childKey);
    }
    if (stat.isDirectory()) visit(path, childKey, tree, names);
  }
}

function entryOf(path: Buffer, stat: BigIntStats): TreeEntry {
  const nanoseconds = ((stat.mtimeNs % second) + second) % second;
  const entry: TreeEntry = {
    type: typeOf(stat),
    mode: Number(stat.mode & 0o7777n),
    uid: Number(stat.uid),
    gid: Number(stat.gid),
    mtime: Number((stat.mtimeNs - nanoseconds) / second),
    mtimeNs: Number(nanoseconds),
  };
  if (stat.isFile()) {
    entry.size = Number(stat.size);
    entry.digest = `sha256:${createHash('sha256').update(readFileSync(path)).digest('hex')}`;
  }
  if (stat.isSymbolicLink()) entry.target = readlinkSync(path, { encoding: 'buffer' }).toString('utf8');
  if (stat.isCharacterDevice() || stat.isBlockDevice()) entry.device = deviceOf(stat.rdev);
  return entry;
}

function typeOf(stat: BigIntStats): string {
  if (stat.isFile()) return 'file';
  if (stat.isDirectory()) return 'directory';
  if (stat.isSymbolicLink()) return 'symlink';
  if (stat.isCharacterDevice()) return 'char';
  if (stat.isBlockDevice()) return 'block';
  if (stat.isFIFO()) return 'fifo';
  return 'socket';
}

function deviceOf(device: bigint): string {
  const major = ((device >> 8n) & 0xfffn) | ((device >> 32n) & ~0xfffn);
  const minor = (device & 0xffn) | ((device >> 12n) & ~0xffn);
  return `${major}:${minor}`;
}

/** Returns the extended attributes below a directory whose names match, in base64, by tree key and name. */
async function xattrsUnder(folder: string, matching: string): Promise<Map<string, Map<string, string>>> {
  const only = ['--match', matching, '--encoding', 'base64'];
  const options = ['--recursive', '--physical', '--no-dereference', '--absolute-names', '--dump', ...only];
  const output = (await run('getfattr', [...options, folder])).toString('latin1');
  const found = new Map<string, Map<string, string>>();
  let held = new Map<string, string>();
  for (const line of output.split('\n')) {
    const file = /^# file: (.*)$/.exec(line)?.[1];
    if (file !== undefined) {
      held = new Map();
      // getfattr writes a backslash, a control character or a byte past ASCII as three octal digits.
      found.set(unescapeOctal(file).slice(Buffer.from(folder).toString('latin1').length), held);
    }
    const [, name, value] = /^([^=]+)=0s(.*)$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) held.set(name, value);
  }
  return found;
}

function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}
