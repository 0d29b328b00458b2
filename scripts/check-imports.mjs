// Refuses import cycles between files, types included, and imports against the order of packages and of folders
// (ARCHITECTURE.md), and files that are opened outside of core's io folder. Reads the sources only.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import ts from 'typescript';
import { root } from './setup.mjs';

/** From the bottom up: a package imports packages before it. */
const PACKAGES = [
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
  'apps/cli',
  'apps/web',
];
/** From the bottom up: a folder imports folders before it. */
const FOLDERS = {
  'packages/gotemplate': ['parse', 'format', 'functions', 'exec'],
  'packages/core': [
    'io',
    'compression',
    'digest',
    'findings',
    'oci',
    'distro',
    'rootfs',
    'lookup',
    'toc',
    'image',
    'analysis',
    'diff',
    'api',
  ],
  'packages/rewrite': [
    'dockerfile',
    'image',
    'compress',
    'plan',
    'emit',
    'layer',
    'config',
    'rechunk',
    'append',
    'extract',
    'archive',
    'change',
    'api',
  ],
  'packages/store': [
    'layout',
    'lock',
    'lease',
    'blobs',
    'images',
    'load',
    'save',
    'import',
    'garbage',
    'check',
    'daemon',
  ],
  'packages/registry': ['hosts', 'credentials', 'http', 'auth', 'client', 'copy', 'lazy', 'api'],
  'packages/insight': [
    'duplicates',
    'base',
    'dockerfile',
    'pull-cost',
    'events',
    'find',
    'log',
    'secrets',
    'advise',
    'dive',
    'check',
    'packages',
    'sbom',
    'api',
  ],
  'packages/fleet': ['schema', 'chunks', 'engine', 'folder', 'read', 'scan', 'queue', 'merge', 'questions'],
  'packages/explorer': ['lines', 'tree', 'text', 'state', 'list', 'lists', 'panes', 'views', 'explorer'],
  'packages/report': ['data', 'collect', 'html', 'view', 'page'],
  'apps/cli': [
    'output',
    'input',
    'bench',
    'documents',
    'template',
    'render',
    'write',
    'flags',
    'completion',
    'explore',
    'commands',
    'program',
    'man',
    'signals',
    'start',
    'executable',
  ],
  'apps/web': ['messages', 'engine', 'page'],
};

/** The one folder of core that opens files, so that the rest of it works with bytes from anywhere. */
const FILES_OF_CORE = 'packages/core/src/io/';
const FILE_MODULE = /^(?:node:)?fs(?:\/promises)?$/;

const problems = [];
const imports = new Map();
for (const name of PACKAGES) {
  for (const file of sourcesOf(join(root, name, 'src'))) imports.set(file, importsOf(file));
}
for (const [file, targets] of imports) {
  for (const target of targets) {
    if (orderOf(PACKAGES, packageOf(target)) > orderOf(PACKAGES, packageOf(file)))
      problems.push(
        `${short(file)} imports ${short(target)}: ${packageOf(file)} stands below ${packageOf(target)}`,
      );
    const folders = packageOf(target) === packageOf(file) ? FOLDERS[packageOf(file)] : undefined;
    const [from, to] = [folderOf(file), folderOf(target)];
    if (folders !== undefined && from !== '' && orderOf(folders, to) > orderOf(folders, from))
      problems.push(`${short(file)} imports ${short(target)}: ${from} stands below ${to}`);
  }
}
for (const cycle of cycles()) problems.push(`import cycle: ${cycle.map(short).join(' -> ')}`);
for (const problem of new Set(problems)) console.error(`imports: ${problem}`);
if (problems.length > 0) process.exitCode = 1;
else console.error(`imports: ${imports.size} files, no cycle, in order`);

function sourcesOf(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

/** The sources that a file imports or exports from, type imports and `import()` included. */
function importsOf(file) {
  const { importedFiles } = ts.preProcessFile(readFileSync(file, 'utf8'), true, true);
  const opensFiles = importedFiles.some(({ fileName }) => FILE_MODULE.test(fileName));
  if (opensFiles && packageOf(file) === 'packages/core' && !short(file).startsWith(FILES_OF_CORE))
    problems.push(`${short(file)} imports node:fs: in core, only ${FILES_OF_CORE} opens files`);
  return importedFiles.map(({ fileName }) => sourceOf(file, fileName)).filter((path) => path !== null);
}

function sourceOf(file, specifier) {
  if (specifier.startsWith('.')) {
    const path = resolve(dirname(file), specifier.replace(/\.js$/, '.ts'));
    return existsSync(path) ? path : `${path}x`;
  }
  // `#core/x.js` is x.ts of the package core, or x.browser.ts beside it.
  const own = /^#([^/]+)\/(.+)\.js$/.exec(specifier);
  if (own !== null) return join(root, 'packages', own[1], 'src', `${own[2]}.ts`);
  const [, name, subpath] = /^@layers\/([^/]+)(?:\/(.+))?$/.exec(specifier) ?? [];
  if (name === undefined) return null;
  const folder = PACKAGES.find((path) => path.endsWith(`/${name}`));
  if (folder === undefined) return null;
  const path = join(root, folder, 'src', subpath ?? '.', 'index.ts');
  if (!existsSync(path)) problems.push(`${short(file)} imports ${specifier}, which has no index.ts`);
  return path;
}

function packageOf(file) {
  return relative(root, file).split(/[\\/]/).slice(0, 2).join('/');
}

/** The folder of a file within its package; empty for the package's index. */
function folderOf(file) {
  const parts = relative(root, file).split(/[\\/]/).slice(3);
  return parts.length > 1 ? parts[0] : '';
}

function orderOf(list, name) {
  const position = list.indexOf(name);
  if (position === -1 && name !== '')
    problems.push(`${name} has no place in the order of scripts/check-imports.mjs`);
  return position;
}

function short(file) {
  return relative(root, file);
}

/** One cycle of each strongly connected component (Tarjan's algorithm). */
function cycles() {
  const found = [];
  const state = new Map();
  const stack = [];
  let count = 0;
  for (const file of imports.keys()) if (!state.has(file)) visit(file);
  return found;

  function visit(file) {
    const node = { index: count, low: count, onStack: true };
    count++;
    state.set(file, node);
    stack.push(file);
    for (const target of imports.get(file) ?? []) {
      const seen = state.get(target);
      if (target === file) found.push([file, file]);
      else if (seen === undefined) node.low = Math.min(node.low, visit(target).low);
      else if (seen.onStack) node.low = Math.min(node.low, seen.index);
    }
    if (node.low === node.index) {
      const component = stack.splice(stack.indexOf(file));
      for (const path of component) state.get(path).onStack = false;
      if (component.length > 1) found.push(cycleIn(new Set(component), file));
    }
    return node;
  }
}

/** The shortest way from a file back to itself. */
function cycleIn(component, start) {
  const from = new Map();
  const queue = [start];
  for (const file of queue) {
    for (const target of imports.get(file) ?? []) {
      if (target === start) {
        const path = [start];
        for (let step = file; step !== start; step = from.get(step)) path.unshift(step);
        return [start, ...path];
      }
      if (!component.has(target) || from.has(target)) continue;
      from.set(target, file);
      queue.push(target);
    }
  }
  return [start];
}
