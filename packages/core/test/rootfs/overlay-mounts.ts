import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { latin1, normalize, readName } from '@layers/testing/naive-union';
import type { EntrySpec } from '@layers/testing/tar-builder';

/**
 * Layers extracted into directories in the form of overlayfs (whiteouts as device 0:0, opaque directories by xattr), and
 * the kernel's merged view of them. Names are latin1 text, one character for each byte.
 */
export interface Overlay {
  /** Extracts a layer on top of the earlier ones; returns only the entries that overlayfs can represent. */
  add(specs: readonly EntrySpec[]): EntrySpec[];
  /** Calls `each` for every path that the kernel shows, parents first; the root is ''. */
  visit(each: (path: string, stat: fs.Stats, file: Buffer) => void): void;
  remove(): void;
}

const run = (command: string, ...args: string[]): void => {
  execFileSync(command, args, { stdio: 'pipe' });
};

/** Mounts a file system in memory, independent of the machine's own. Throws where mounting is not permitted. */
export function createScratch(): { readonly folder: string; remove(): void } {
  const folder = fs.mkdtempSync(join(tmpdir(), 'layers-overlay-'));
  try {
    run('mount', '-t', 'tmpfs', 'tmpfs', folder);
  } catch (error) {
    fs.rmdirSync(folder);
    throw error;
  }
  const remove = (): void => {
    run('umount', folder);
    fs.rmdirSync(folder);
  };
  return { folder, remove };
}

const ROOT_OWNED = { uid: 0, gid: 0, mode: 0o755 };

export function createOverlay(scratch: string): Overlay {
  const folder = fs.mkdtempSync(join(scratch, 'stack-'));
  const merged = join(folder, 'merged');
  const spare = join(folder, 'spare');
  // A mount requires at least two lower layers.
  const lower = [join(folder, 'bottom'), join(folder, 'empty')];
  for (const name of [merged, ...lower]) fs.mkdirSync(name, { mode: 0o755 });
  const mount = (): void => {
    const option = `ro,lowerdir=${[...lower].reverse().join(':')}`;
    run('mount', '-t', 'overlay', 'overlay', '-o', option, merged);
  };
  mount();

  const add = (specs: readonly EntrySpec[]): EntrySpec[] => {
    const layer = join(folder, `layer-${lower.length}`);
    fs.mkdirSync(layer);
    setAttributes(Buffer.from(layer), fs.lstatSync(merged));
    const names = specs.map(readName);
    const whiteouts = names.filter(({ what }) => what === 'whiteout').map(({ path }) => path);
    const opaques = names.filter(({ what }) => what === 'opaque').map(({ path }) => path);
    /** Paths that hide everything in the layers below. */
    const hidden = new Set(whiteouts);

    /** Whether the layer hides an ancestor of `path` in the layers below. */
    const isHiddenAbove = (path: string): boolean =>
      prefixesOf(path).some((prefix) => hidden.has(prefix) || opaques.includes(prefix));

    const below = (path: string): fs.Stats | null =>
      hidden.has(path) || isHiddenAbove(path) ? null : look(merged, path);

    const makeNode = (path: Buffer, ...type: string[]): void => {
      run('mknod', spare, ...type);
      fs.renameSync(spare, path);
    };

    const setOpaque = (path: Buffer): void => {
      fs.renameSync(path, spare);
      run('setfattr', '-n', 'trusted.overlay.opaque', '-v', 'y', spare);
      fs.renameSync(spare, path);
    };

    const makeDirectory = (path: string): void => {
      const here = at(layer, path);
      const there = statOf(here);
      if (there?.isDirectory()) return;
      const shown = below(path);
      const isMerged = shown?.isDirectory() === true;
      if (there !== null) fs.rmSync(here);
      fs.mkdirSync(here);
      setAttributes(here, isMerged ? shown : ROOT_OWNED);
      if (isMerged) return;
      setOpaque(here);
      hidden.add(path);
    };

    const makeParents = (path: string): void => {
      for (const prefix of prefixesOf(path).slice(1)) makeDirectory(prefix);
    };

    const makeWay = (path: string): Buffer => {
      makeParents(path);
      fs.rmSync(at(layer, path), { recursive: true, force: true });
      hidden.add(path);
      return at(layer, path);
    };

    const placeLink = (path: string, target: string | null): boolean => {
      // Docker accepts only links to earlier entries of the same layer.
      if (target === null || `${target}/`.startsWith(`${path}/`) || path.startsWith(`${target}/`))
        return false;
      const there = look(layer, target);
      if (there === null || there.isDirectory()) return false;
      fs.linkSync(at(layer, target), makeWay(path));
      return true;
    };

    const place = (path: string, spec: EntrySpec): boolean => {
      const { type = 'file', linkpath = '', uid = 0, gid = 0, devmajor = 0, devminor = 0 } = spec;
      if (type === 'link') return placeLink(path, normalize(latin1(linkpath)));
      // Overlayfs treats this device as a whiteout.
      if (type === 'char' && devmajor === 0 && devminor === 0) return false;
      if (type === 'directory') makeParents(`${path}/x`);
      else if (type === 'file') fs.writeFileSync(makeWay(path), contentOf(spec));
      else if (type === 'symlink') {
        if (linkpath.length === 0) return false;
        fs.symlinkSync(Buffer.from(linkpath), makeWay(path));
      } else if (type === 'fifo') makeNode(makeWay(path), 'p');
      else makeNode(makeWay(path), type === 'char' ? 'c' : 'b', `${devmajor}`, `${devminor}`);
      setAttributes(at(layer, path), {
        uid,
        gid,
        mode: spec.mode ?? (type === 'directory' ? 0o755 : 0o644),
      });
      return true;
    };

    const whiteOut = (path: string): void => {
      if (look(merged, path) === null || statOf(at(layer, path)) !== null) return;
      makeParents(path);
      makeNode(at(layer, path), 'c', '0', '0');
    };

    const hideBelow = (path: string): void => {
      if (hidden.has(path) || isHiddenAbove(path) || !look(merged, path)?.isDirectory()) return;
      if (path !== '') {
        makeParents(`${path}/x`);
        setOpaque(at(layer, path));
        return;
      }
      // The root of a layer cannot be opaque itself.
      for (const child of childrenOf(Buffer.from(merged))) {
        if (look(layer, `/${child}`)?.isDirectory()) setOpaque(at(layer, `/${child}`));
        else whiteOut(`/${child}`);
      }
    };

    const placed = specs.filter((spec, i) => {
      const { what, path } = names[i] ?? { what: 'ignored', path: '' };
      return what === 'entry' ? place(path, spec) : what !== 'ignored';
    });
    for (const path of whiteouts) if (!isHiddenAbove(path)) whiteOut(path);
    for (const path of opaques) hideBelow(path);
    lower.push(layer);
    run('umount', merged);
    mount();
    return placed;
  };

  const visit = (each: (path: string, stat: fs.Stats, file: Buffer) => void): void => {
    const go = (path: string): void => {
      const file = at(merged, path);
      const stat = fs.lstatSync(file);
      each(path, stat, file);
      if (stat.isDirectory()) for (const child of childrenOf(file)) go(`${path}/${child}`);
    };
    go('');
  };

  const remove = (): void => {
    run('umount', merged);
    fs.rmSync(folder, { recursive: true });
  };
  return { add, visit, remove };
}

/** Returns the bytes of a file, including the holes of a sparse one. */
export function contentOf({ data = new Uint8Array(0), sparse }: EntrySpec): Buffer {
  if (sparse === undefined) return Buffer.from(data);
  const whole = Buffer.alloc(sparse.realSize);
  let from = 0;
  for (const [offset, bytes] of sparse.extents) {
    whole.set(data.subarray(from, from + bytes), offset);
    from += bytes;
  }
  return whole;
}

const at = (folder: string, path: string): Buffer => Buffer.from(folder + path, 'latin1');
const statOf = (path: Buffer): fs.Stats | null => fs.lstatSync(path, { throwIfNoEntry: false }) ?? null;
const childrenOf = (folder: Buffer): string[] =>
  fs
    .readdirSync(folder, { encoding: 'buffer' })
    .map((name) => name.toString('latin1'))
    .sort();

/** Returns the ancestors of a path, from the root down. */
function prefixesOf(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, i) => parts.slice(0, i + 1).join('/'));
}

/** Returns the stat of a path in a directory, without following symlinks. */
function look(folder: string, path: string): fs.Stats | null {
  if (prefixesOf(path).some((prefix) => !statOf(at(folder, prefix))?.isDirectory())) return null;
  return statOf(at(folder, path));
}

function setAttributes(path: Buffer, { uid, gid, mode }: { uid: number; gid: number; mode: number }): void {
  fs.lchownSync(path, uid, gid);
  if (!fs.lstatSync(path).isSymbolicLink()) fs.chmodSync(path, mode & 0o7777);
}
