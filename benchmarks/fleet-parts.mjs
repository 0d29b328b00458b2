// The packages that fleet-packages.sh downloaded, as pieces of layers: the tar of a package without its end, so that a layer is a
// sequence of pieces.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const run = (command, args, options = {}) =>
  execFileSync(command, args, { maxBuffer: 2 ** 30, stdio: ['pipe', 'pipe', 'inherit'], ...options });

/** Packages of distributions share folders, which a layer has once at most. */
const NO_FOLDERS = ['-not', '-type', 'd'];

const MERGED = 'flags=rh;s,^\\./\\(bin\\|sbin\\|lib\\|lib64\\)\\(/\\|$\\),./usr/\\1\\2,';

/** Makes a piece of the bytes of a tar that has no end. */
export function pieceOf(name, version, tar, control = '') {
  let rows = 0;
  for (let at = 0; at < tar.length; rows++) {
    const size = Number.parseInt(tar.toString('latin1', at + 124, at + 135), 8) || 0;
    // GNU's long names are entries of their own in a tar, but not in a layer.
    if ('LKxg'.includes(String.fromCharCode(tar[at + 156]))) rows--;
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return { name, version, tar, rows, control, gzip: null, zstd: null };
}

/** The bytes of a piece as layers store them: pieces that are compressed alone are a valid whole. */
export function compressed(piece, compression) {
  if (compression === 'gzip') piece.gzip ??= gzipSync(piece.tar, { level: 6 });
  else piece.zstd ??= run('zstd', ['-q', '-3', '-c'], { input: piece.tar });
  return piece[compression];
}

/** Where tars of packages are kept for the next run. */
let kept = '';

/**
 * Returns a piece of the files of a folder.
 *
 * @param filter arguments of find
 */
function folderPiece(name, version, folder, transform, { control, filter = [] } = {}) {
  const file = join(kept, `${createHash('sha256').update(`${folder} ${transform}`).digest('hex')}.tar`);
  if (!existsSync(file)) writeFileSync(file, tarOf(folder, transform, filter));
  return pieceOf(name, version, readFileSync(file), control);
}

/** Returns the tar of the files of a folder, without its end. */
function tarOf(folder, transform, filter) {
  const paths = run('find', ['.', '-mindepth', '1', ...filter, '-print0'], { cwd: folder });
  const args = [
    '--create',
    '--format=gnu',
    '--blocking-factor=1',
    '--numeric-owner',
    '--owner=0',
    '--group=0',
  ];
  args.push(
    '--mtime=@500000000',
    '--no-recursion',
    `--transform=${transform}`,
    '-C',
    folder,
    '--null',
    '--files-from=-',
  );
  const sorted = paths
    .toString('latin1')
    .split('\0')
    .sort()
    .filter((path) => path !== '');
  const tar = run('tar', args, { input: Buffer.from(sorted.map((path) => `${path}\0`).join(''), 'latin1') });
  return tar.subarray(0, tar.length - 1024);
}

/** Versions of packages by name, the oldest first. Versions with the same files are one. */
class Versions {
  #pieces = new Map();
  #known = new Map();

  add(piece) {
    const key = `${piece.name} ${createHash('sha256').update(piece.tar).digest('hex')}`;
    const known = this.#known.get(key) ?? piece;
    this.#known.set(key, known);
    const versions = this.#pieces.get(piece.name) ?? [];
    this.#pieces.set(piece.name, versions);
    versions.push(known);
  }

  get all() {
    return [...this.#pieces.values()];
  }
}

/** Packages of Debian; the oldest first, by the time of their control files. */
function debianParts(directory) {
  const found = [];
  for (const name of readdirSync(join(directory, 'debs')).filter((file) => file.endsWith('.deb'))) {
    const root = join(directory, 'unpacked', name);
    if (!existsSync(join(root, 'control'))) {
      rmSync(root, { recursive: true, force: true });
      mkdirSync(root, { recursive: true });
      const deb = join(directory, 'debs', name);
      run('dpkg-deb', ['-x', deb, join(root, 'files')]);
      run('dpkg-deb', ['-e', deb, join(root, 'info')]);
      writeFileSync(join(root, 'control'), run('dpkg-deb', ['-f', deb]));
    }
    const control = readFileSync(join(root, 'control'), 'utf8');
    const field = (of) => new RegExp(`^${of}: (.*)$`, 'm').exec(control)?.[1] ?? '';
    const built = statSync(join(root, 'info', 'control')).mtimeMs;
    found.push({ name: field('Package'), version: field('Version'), control, root, built });
  }
  const versions = new Versions();
  for (const { name, version, control, root } of found.sort(
    (a, b) => a.built - b.built || (a.root < b.root ? -1 : 1),
  ))
    versions.add(folderPiece(name, version, join(root, 'files'), MERGED, { control, filter: NO_FOLDERS }));
  return versions.all;
}

/** npm packages as they were installed for an application, on all days. */
function npmParts(directory, set) {
  const versions = new Versions();
  const days = readdirSync(join(directory, 'npm'))
    .filter((name) => name.startsWith(`${set}-`) && existsSync(join(directory, 'npm', name, 'done')))
    .sort();
  for (const day of days) {
    const modules = join(directory, 'npm', day, 'node_modules');
    const names = readdirSync(modules).flatMap((name) =>
      name.startsWith('@') ? readdirSync(join(modules, name)).map((sub) => `${name}/${sub}`) : [name],
    );
    for (const name of names) {
      const folder = join(modules, name);
      if (name.startsWith('.') || !lstatSync(folder).isDirectory()) continue;
      const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
      versions.add(folderPiece(name, version, folder, `flags=rh;s,^\\.,./srv/app/node_modules/${name},`));
    }
  }
  return versions.all;
}

/** Packages of Python. */
function pythonParts(directory) {
  const versions = new Versions();
  for (const wheel of readdirSync(join(directory, 'pip'))
    .filter((name) => name.endsWith('.whl'))
    .sort()) {
    const root = join(directory, 'unpacked', wheel);
    if (!existsSync(root)) {
      rmSync(`${root}.partial`, { recursive: true, force: true });
      run('python3', ['-m', 'zipfile', '-e', join(directory, 'pip', wheel), `${root}.partial`]);
      renameSync(`${root}.partial`, root);
    }
    const [name, version] = wheel.split('-');
    versions.add(
      folderPiece(name, version, root, 'flags=rh;s,^\\.,./usr/local/lib/python3.11/site-packages,'),
    );
  }
  return versions.all;
}

/** Packages of Alpine: their files and what their names say. */
function alpineParts(directory) {
  const versions = new Versions();
  const folder = join(directory, 'apks');
  for (const file of existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.endsWith('.apk'))
        .sort()
    : []) {
    const root = join(directory, 'unpacked', file);
    if (!existsSync(root)) {
      mkdirSync(root, { recursive: true });
      run('tar', [
        '--extract',
        '--gzip',
        '--ignore-zeros',
        '--warning=no-unknown-keyword',
        `--file=${join(folder, file)}`,
        '-C',
        root,
      ]);
    }
    const [, name, version] = /^(.+)-(\d[^-]*-r\d+)\.apk$/.exec(file) ?? ['', file, ''];
    const control = `P:${name}\nV:${version}\nA:x86_64\n\n`;
    versions.add(
      folderPiece(name, version, root, 'flags=rh;s,^\\.,.,', {
        control,
        filter: [...NO_FOLDERS, '-not', '-path', './.*'],
      }),
    );
  }
  return versions.all;
}

/** Returns all packages, by kind: for each, its versions, the oldest first. */
export function readParts(directory) {
  kept = join(directory, 'pieces');
  mkdirSync(kept, { recursive: true });
  return {
    debian: debianParts(directory),
    alpine: alpineParts(directory),
    web: npmParts(directory, 'web'),
    api: npmParts(directory, 'api'),
    python: pythonParts(directory),
  };
}
