// Installs dependencies and builds. Skips each step if its inputs have not changed, so that the second command starts at
// once.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stamps = join(root, '.setup');
const PNPM = 'pnpm@10.34.8';
const LIBRARIES = [
  'packages/errors',
  'packages/gotemplate',
  'packages/tar',
  'packages/core',
  'packages/rewrite',
  'packages/store',
  'packages/registry',
  'packages/insight',
  'packages/fleet',
  'packages/explorer',
  'packages/report',
];

/** Runs a command with its output on standard error, and ends this process if it fails. */
function must(command, args, env = {}) {
  const result = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 2, 2],
    env: { ...process.env, ...env },
    shell: process.platform === 'win32',
  });
  if (result.status === 0) return;
  console.error(`${command} ${args.join(' ')} failed${result.error ? `: ${result.error.message}` : ''}`);
  process.exit(2);
}

export function ensureInstalled() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'pnpm-lock.yaml')))
    .digest('hex');
  const stamp = join(stamps, 'installed');
  if (existsSync(join(root, 'node_modules')) && existsSync(stamp) && readFileSync(stamp, 'utf8') === lock)
    return;
  console.error('layers: installing dependencies (once)');
  must('npx', ['-y', PNPM, 'install', '--frozen-lockfile'], { CI: 'true' });
  mkdirSync(stamps, { recursive: true });
  writeFileSync(stamp, lock);
}

function newest(path) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

/** Removes what earlier builds compiled from sources that no longer exist. npm would publish it. */
function removeStale(folder) {
  const dist = join(root, folder, 'dist');
  if (!existsSync(dist)) return;
  for (const name of readdirSync(dist, { recursive: true })) {
    const source = name.replace(/(\.d\.ts|\.js)(\.map)?$/, '.ts');
    const exists = [source, `${source}x`].some((path) => existsSync(join(root, folder, 'src', path)));
    if (source !== name && !exists) rmSync(join(dist, name));
  }
}

export function ensureBuilt() {
  ensureInstalled();
  const sources = [...LIBRARIES, 'apps/cli', 'apps/web'].flatMap((folder) =>
    ['src', 'public', 'package.json', 'tsconfig.json', 'build.mjs'].map((name) => join(root, folder, name)),
  );
  sources.push(join(root, 'tsconfig.base.json'), join(stamps, 'installed'));
  const changed = Math.max(...sources.filter((path) => existsSync(path)).map(newest));
  const stamp = join(stamps, 'built');
  if (
    existsSync(stamp) &&
    statSync(stamp).mtimeMs >= changed &&
    ['cli', 'web'].every((name) => existsSync(join(root, 'apps', name, 'dist')))
  )
    return;
  const started = new Date();
  console.error('layers: building');
  must(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-b']);
  LIBRARIES.forEach(removeStale);
  must(process.execPath, [join(root, 'apps/cli/build.mjs')]);
  must(process.execPath, [join(root, 'apps/web/build.mjs')]);
  writeFileSync(stamp, '');
  // The time of the start: a source that changes during the build is newer than the stamp.
  utimesSync(stamp, started, started);
}

/** Runs a script of the checkout in this terminal, and returns its exit status. */
export function run(script, args, env = {}) {
  const result = spawnSync(process.execPath, [join(root, script), ...args], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  });
  if (result.signal) process.kill(process.pid, result.signal);
  return result.status ?? 1;
}
