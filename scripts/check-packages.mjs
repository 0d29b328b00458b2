// Checks each package as npm would publish it. publint and attw accept it. It installs into an empty folder without a
// warning. There, every subpath can be imported, the types need no @types/node, every source map finds its sources, and the
// command and the library give the same result. `--publish` also lets npm do all that it does to publish, but for the upload.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import ts from 'typescript';
import { root } from './setup.mjs';

const packages = [
  'packages/errors',
  'packages/gotemplate',
  'packages/tar',
  'packages/core',
  'packages/rewrite',
  'packages/store',
  'packages/registry',
  'packages/insight',
  'packages/fleet',
  'apps/cli',
];
const folder = mkdtempSync(join(tmpdir(), 'layers-pack-'));
const npm = (args, cwd) =>
  execFileSync('npm', args, { cwd, stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' });

checkNotices();
checkChangesets();
try {
  for (const path of packages) {
    const publint = spawnSync(
      process.execPath,
      [join(root, 'node_modules/publint/src/cli.js'), join(root, path), '--strict', '--pack', 'npm'],
      { stdio: 'inherit' },
    );
    if (publint.status !== 0) throw new Error(`publint finds fault with ${path}`);
    npm(['pack', '--silent', '--pack-destination', folder], join(root, path));
    if (process.argv.includes('--publish')) checkPublishing(path);
  }
  const tarballs = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'empty', private: true, type: 'module' }),
  );
  for (const name of tarballs) await checkEntryPoints(name);
  install(tarballs);
  const installed = packages.map((path) => {
    const { name } = JSON.parse(readFileSync(join(root, path, 'package.json'), 'utf8'));
    return join(folder, 'node_modules', name);
  });
  for (const path of installed) {
    checkManifest(path);
    checkSourceMaps(path);
  }
  checkSubpaths(installed);
  checkTypes(installed);
  checkAnswers();
  console.error(`packed and installed: ${tarballs.join(', ')}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** The bundles are built from what is installed, so that an update of a library can change the notices. */
function checkNotices() {
  const [built, kept] = ['dist/THIRD-PARTY-NOTICES.txt', 'THIRD-PARTY-NOTICES.txt'].map((name) =>
    readFileSync(join(root, 'apps/cli', name), 'utf8'),
  );
  if (built !== kept)
    throw new Error(
      'apps/cli/THIRD-PARTY-NOTICES.txt is not current: copy that of apps/cli/dist after a build',
    );
}

/** `changeset version` refuses all changesets if one names another package. */
function checkChangesets() {
  const names = new Set(packages.map((path) => manifestOf(path).name));
  const directory = join(root, '.changeset');
  for (const file of readdirSync(directory).filter((name) => name.endsWith('.md') && name !== 'README.md')) {
    const [, head = ''] = /^---\n(.*?)^---$/ms.exec(readFileSync(join(directory, file), 'utf8')) ?? [];
    const named = [...head.matchAll(/^["']?([^"':\n]+)["']?: (?:major|minor|patch)$/gm)].map(
      ([, name]) => name,
    );
    const unknown = named.find((name) => !names.has(name));
    if (named.length === 0 || unknown !== undefined)
      throw new Error(`.changeset/${file} names ${unknown ?? 'no package'}`);
  }
}

function manifestOf(path) {
  return JSON.parse(readFileSync(join(root, path, 'package.json'), 'utf8'));
}

/** npm corrects a manifest only when it publishes, with a warning. It never asks for the login in a dry run. */
function checkPublishing(path) {
  const { stderr, status } = spawnSync('npm', ['publish', '--dry-run', '--tag', 'rc', '--loglevel=warn'], {
    cwd: join(root, path),
    encoding: 'utf8',
  });
  const problems = stderr
    .split('\n')
    .filter((line) => /npm (?:warn|error)/i.test(line) && !/logged in/.test(line));
  if (status !== 0 || problems.length > 0) throw new Error(`npm publish of ${path}: ${problems.join('\n')}`);
}

/** The types of each entry point, as modules see them. The packages are modules only. */
async function checkEntryPoints(tarball) {
  const contents = createPackageFromTarballData(readFileSync(join(folder, tarball)));
  const { types, problems = [] } = await checkPackage(contents);
  const found = problems.filter(({ resolutionKind }) => !['node10', 'node16-cjs'].includes(resolutionKind));
  if (types === false ? !tarball.startsWith('layers-cli-') : found.length > 0)
    throw new Error(`attw finds fault with ${tarball}: ${JSON.stringify(found)}`);
}

/** No package needs an install script. */
function install(tarballs) {
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=warn'];
  const files = tarballs.map((name) => `./${name}`);
  const { status, stderr } = spawnSync('npm', ['install', ...flags, ...files], {
    cwd: folder,
    encoding: 'utf8',
  });
  if (status !== 0 || /npm (warn|error)/i.test(stderr)) throw new Error(`npm install: ${stderr}`);
}

function checkManifest(path) {
  const manifest = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));
  for (const field of ['description', 'keywords', 'license', 'repository', 'homepage', 'bugs', 'engines']) {
    if (manifest[field] === undefined) throw new Error(`${manifest.name} has no ${field}`);
  }
  if (manifest.publishConfig?.access !== 'public' || manifest.publishConfig.provenance !== true)
    throw new Error(`${manifest.name} is not published in public and with provenance`);
  if (manifest.exports['./package.json'] !== './package.json')
    throw new Error(`${manifest.name} does not export its package.json`);
  for (const file of ['README.md', 'LICENSE', 'CHANGELOG.md']) {
    if (!existsSync(join(path, file))) throw new Error(`${manifest.name} has no ${file}`);
  }
}

function checkSourceMaps(path) {
  for (const name of readdirSync(path, { recursive: true })) {
    if (!name.endsWith('.map') || name.includes('node_modules')) continue;
    const file = join(path, name);
    const { sources, sourcesContent = [], sourceRoot = '' } = JSON.parse(readFileSync(file, 'utf8'));
    sources.forEach((source, i) => {
      if (sourcesContent[i] == null && !existsSync(join(dirname(file), sourceRoot, source)))
        throw new Error(`${relative(folder, file)}: ${source} is not in the package (or dist is stale)`);
    });
  }
}

function checkSubpaths(paths) {
  const lines = paths.flatMap((path) => {
    const { name, exports } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));
    return Object.keys(exports)
      .filter((key) => !key.endsWith('.json'))
      .map((key) => `await import('${name}${key.slice(1)}');`);
  });
  writeFileSync(join(folder, 'subpaths.js'), lines.join('\n'));
  execFileSync(process.execPath, ['subpaths.js'], { cwd: folder, stdio: 'inherit' });
}

/** Compiles a program that has the strictest settings and no @types/node. */
function checkTypes(paths) {
  const names = paths
    .map((path) => JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')))
    .filter(({ exports }) => exports['.'] !== undefined)
    .map(({ name }) => name);
  const file = join(folder, 'types.ts');
  writeFileSync(file, names.map((name, i) => `export * as library${i} from '${name}';`).join('\n'));
  const program = ts.createProgram([file], {
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2023.d.ts', 'lib.dom.d.ts'],
    types: [],
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    noEmit: true,
  });
  const found = ts.getPreEmitDiagnostics(program);
  if (found.length === 0) return;
  const host = {
    getCurrentDirectory: () => folder,
    getCanonicalFileName: (name) => name,
    getNewLine: () => '\n',
  };
  throw new Error(`a program without @types/node does not compile:\n${ts.formatDiagnostics(found, host)}`);
}

function checkAnswers() {
  const plugin = execFileSync(
    join(folder, 'node_modules/.bin/docker-layers'),
    ['docker-cli-plugin-metadata'],
    { encoding: 'utf8' },
  );
  if (JSON.parse(plugin).SchemaVersion !== '0.1.0') throw new Error(`the plugin of docker answers ${plugin}`);
  const { metadata } = JSON.parse(
    readFileSync(join(folder, 'node_modules/layers-cli/dist/sbom.cdx.json'), 'utf8'),
  );
  const { version } = manifestOf('apps/cli');
  if (metadata.component.version !== version) throw new Error(`the SBOM of the command is not of ${version}`);
  const demo = join(root, 'examples/demo.tar');
  const shown = execFileSync(join(folder, 'node_modules/.bin/layers'), ['inspect', '--json', demo], {
    encoding: 'utf8',
  });
  const { totals } = JSON.parse(shown);
  writeFileSync(
    join(folder, 'use.js'),
    `import { inspectImage, openImage } from '@layers/core';
import { walkTar } from '@layers/tar';
if (typeof walkTar !== 'function') throw new Error('@layers/tar exports no walkTar');
const { totals } = await inspectImage(await openImage(process.argv[2]));
console.log(JSON.stringify(totals));
`,
  );
  const used = execFileSync(process.execPath, [join(folder, 'use.js'), demo], { encoding: 'utf8' });
  if (JSON.stringify(totals) !== used.trim())
    throw new Error(`the installed command and library differ: ${used}`);
}
