// Bundles the command into dist/, with everything it needs but the native addons. Run after `tsc -b`.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, 'dist');
const { version } = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8'));
const coreEntry = fileURLToPath(import.meta.resolve('@layers/core'));
const rewriteEntry = fileURLToPath(import.meta.resolve('@layers/rewrite'));
const insightEntry = fileURLToPath(import.meta.resolve('@layers/insight'));
const tinypoolEntry = createRequire(coreEntry).resolve('tinypool');

/** Bundled CommonJS packages call require for what Node has built in. */
const REQUIRE =
  "import{createRequire as layersRequire}from'node:module';const require=layersRequire(import.meta.url);";

const common = {
  absWorkingDir: here,
  outdir: dist,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  define: { LAYERS_VERSION: JSON.stringify(version) },
  // Half the bytes to parse at start-up; names are kept, since stack traces show them.
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  logLevel: 'warning',
};

// A file of its own that imports nothing until it has to: the version is answered by it alone.
await build({ ...common, entryPoints: ['src/main.ts'], external: ['./run-process.js'] });

const { metafile } = await build({
  ...common,
  entryPoints: {
    'run-process': 'src/run-process.ts',
    // The packages start their threads with the files of these names beside the chunk that they are bundled into, and
    // tinypool wraps them in `entry/worker.js` beside its own. All chunks lie in one folder, so that all are found.
    'layer-worker': join(dirname(coreEntry), 'image/layers/layer-worker.js'),
    // Lies beside the chunk of run-process, which starts it.
    'signal-worker': 'src/signals/signal-worker.ts',
    'scan-worker': join(dirname(insightEntry), 'secrets/scan/scan-worker.js'),
    'compress-worker': join(dirname(rewriteEntry), 'compress/compress-worker.js'),
    'entry/worker': join(dirname(tinypoolEntry), 'entry/worker.js'),
  },
  splitting: true,
  external: ['zlib-sync', 'zstd-napi'],
  banner: { js: REQUIRE },
  metafile: true,
});
for (const path of Object.keys(metafile.outputs)) dropUnusedRequire(resolve(here, path));

const noticeFile = join(dist, 'THIRD-PARTY-LICENSES.txt');
writeFileSync(noticeFile, notices(metafile));
removeStale(
  new Set([
    ...Object.keys(metafile.outputs).map((path) => resolve(here, path)),
    join(dist, 'main.js'),
    noticeFile,
  ]),
);

/** In a file that calls no require it costs time alone. */
function dropUnusedRequire(path) {
  const text = readFileSync(path, 'utf8');
  const code = text.replace(REQUIRE, '');
  if (!/\brequire\b/.test(code)) writeFileSync(path, code.trimStart());
}

/** What earlier builds left. The folder is not emptied first: a command that is running may load a chunk of it. */
function removeStale(current) {
  for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath ?? entry.path, entry.name);
    if (entry.isFile() && !current.has(path)) rmSync(path);
  }
}

/** The licences of the packages of which code stands in the bundle. */
function notices({ outputs }) {
  const folders = new Set();
  for (const { inputs } of Object.values(outputs)) {
    for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
      const folder = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0];
      if (folder !== undefined && bytesInOutput > 0) folders.add(resolve(here, folder));
    }
  }
  const sections = [...folders].map(section).sort((a, b) => (a.title < b.title ? -1 : 1));
  const rule = '-'.repeat(80);
  const head =
    'The command layers holds code of the following packages, under the licences given with each.\n';
  return [head, ...sections.map(({ title, text }) => `${rule}\n${title}\n\n${text}\n`)].join('\n');
}

function section(folder) {
  const { name, version, license, author, homepage } = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  );
  const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)(\.|$)/i.test(entry));
  const by = typeof author === 'string' ? author : author?.name;
  const title = `${name} ${version} (${license})`;
  if (license === undefined && file === undefined) {
    throw new Error(`${relative(here, folder)} states no licence; it may not be bundled`);
  }
  const text =
    file === undefined
      ? `Copyright ${by ?? 'its authors'}, ${homepage ?? name}`
      : readFileSync(join(folder, file), 'utf8').trim();
  return { title, text };
}
