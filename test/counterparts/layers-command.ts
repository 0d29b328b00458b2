import { fileURLToPath } from 'node:url';
import { run } from './processes.ts';
import { group, keyOf, type Tree, type TreeEntry } from './tree.ts';

/** The tested command. `LAYERS_BIN` names another build. */
export const command =
  process.env['LAYERS_BIN'] ?? fileURLToPath(new URL('../../apps/cli/bin/layers.js', import.meta.url));

/** An image: a file or directory, and the number of the image if it has several (`#2`). */
export interface Source {
  path: string;
  image?: string;
}

interface ListedEntry {
  path: string;
  pathBase64?: string;
  type: string;
  sizeBytes: number;
  mode: number;
  uid: number;
  gid: number;
  mtime: number;
  linkname?: string;
  linknameBase64?: string;
  devmajor?: number;
  devminor?: number;
  xattrs?: Record<string, string>;
  digest?: string;
}

export interface Inspected {
  image: {
    id: string;
    tags: string[];
    created: string | null;
    platform: { os: string; architecture: string };
  };
  totals: { contentBytes: number; rootfsBytes: number; wastedBytes: number };
  source: { compression: string | null };
  layers: { digest: string | null; diffId: string; compression: string | null }[];
}

/** Returns the output of the command without the last newline. Throws if the command fails. */
export async function layersCommand(args: readonly string[]): Promise<string> {
  return (await run(process.execPath, [command, ...args])).toString('utf8').trimEnd();
}

async function layers(verb: string, flags: readonly string[], source: Source): Promise<string> {
  const choice = source.image === undefined ? [] : ['--image', source.image];
  const args = [command, verb, ...flags, '--json', ...choice, source.path];
  return (await run(process.execPath, args)).toString('utf8');
}

export async function inspect(source: Source): Promise<Inspected> {
  const document: Inspected = JSON.parse(await layers('inspect', [], source));
  return document;
}

/** Returns the instructions of the history as in the config, newest first as in `docker history`. */
export async function instructions(source: Source): Promise<string[]> {
  const document: { history: { createdBy: string | null }[] } = JSON.parse(
    await layers('history', ['--no-trunc'], source),
  );
  return document.history.map((step) => step.createdBy ?? '');
}

/** Returns the merged file system from `layers ls`. */
export async function treeOfLayers(source: Source): Promise<Tree> {
  const document: { entries: ListedEntry[] } = JSON.parse(await layers('ls', ['-R', '--digest'], source));
  const tree: Tree = new Map();
  const names = new Map<string, string[]>();
  for (const listed of document.entries) {
    const key = exactKey(listed.path, listed.pathBase64);
    if (tree.has(key)) throw new Error(`${listed.path} is listed twice`);
    tree.set(key, entryOf(listed));
    if (listed.type === 'file') {
      const first = listed.linkname === undefined ? key : exactKey(listed.linkname, listed.linknameBase64);
      const known = names.get(first);
      if (known === undefined) names.set(first, [key]);
      else known.push(key);
    }
  }
  group(tree, names.values());
  return tree;
}

function exactKey(path: string, base64: string | undefined): string {
  return base64 === undefined ? keyOf(path) : Buffer.from(base64, 'base64').toString('latin1');
}

function entryOf(listed: ListedEntry): TreeEntry {
  const entry: TreeEntry = {
    type: listed.type,
    mode: listed.mode,
    uid: listed.uid,
    gid: listed.gid,
    mtime: listed.mtime,
  };
  if (listed.type === 'file') {
    entry.size = listed.sizeBytes;
    if (listed.digest !== undefined) entry.digest = listed.digest;
  }
  if (listed.type === 'symlink') entry.target = listed.linkname ?? '';
  if (listed.type === 'char' || listed.type === 'block')
    entry.device = `${listed.devmajor}:${listed.devminor}`;
  const capability = listed.xattrs?.['security.capability'];
  if (capability !== undefined) entry.capability = capability;
  return entry;
}
