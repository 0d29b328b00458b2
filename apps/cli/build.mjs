// Bundles the command into dist/, with everything it needs but the native addons. Run after `tsc -b`.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { notices } from '../../scripts/notices.mjs';
import { sbom } from '../../scripts/sbom.mjs';
// tsc has compiled it.
import { manPages } from './build/man/man-pages.js';

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, 'dist');
const { version } = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8'));
const coreEntry = fileURLToPath(import.meta.resolve('@layers/core'));
const registryEntry = fileURLToPath(import.meta.resolve('@layers/registry'));
const rewriteEntry = fileURLToPath(import.meta.resolve('@layers/rewrite'));
const insightEntry = fileURLToPath(import.meta.resolve('@layers/insight'));
const tinypoolEntry = createRequire(coreEntry).resolve('tinypool');

const REQUIRE =
  "import{createRequire as layersRequire}from'node:module';const require=layersRequire(import.meta.url);";

const common = {
  absWorkingDir: here,
  bundle: true,
  platform: 'node',
  target: 'node20',
  define: { LAYERS_VERSION: JSON.stringify(version), LAYERS_BUILD: JSON.stringify(buildHash()) },
  // Half the bytes to parse at start-up; names are kept, since stack traces show them.
  minifySyntax: true,
  minifyWhitespace: true,
  // The command reads its code as ASCII.
  charset: 'ascii',
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
};

/** Threads are modules, which share chunks. */
const threads = await build({
  ...common,
  outdir: dist,
  format: 'esm',
  entryPoints: {
    // The packages start their threads with the files of these names beside the bundle, and tinypool wraps them in
    // `entry/worker.js` beside itself.
    'layer-worker': join(dirname(coreEntry), 'image/layers/layer-worker.js'),
    'signal-worker': 'src/signals/signal-worker.ts',
    'scan-worker': join(dirname(insightEntry), 'secrets/scan/scan-worker.js'),
    'compress-worker': join(dirname(rewriteEntry), 'compress/compress-worker.js'),
    'entry/worker': join(dirname(tinypoolEntry), 'entry/worker.js'),
  },
  splitting: true,
  external: ['zlib-sync', 'zstd-napi'],
  // Bundled CommonJS packages call require for what Node has built in.
  banner: { js: REQUIRE },
});
for (const path of Object.keys(threads.metafile.outputs)) dropUnusedRequire(resolve(here, path));

/** One file starts faster than many modules, and Node can keep its compiled code. */
const commonJs = {
  ...common,
  format: 'cjs',
  define: { ...common.define, 'import.meta.url': 'layersUrl' },
  supported: { 'dynamic-import': false },
};
const url = "const layersUrl=require('node:url').pathToFileURL(__filename).href;";

/** Libraries of which most runs need nothing: each lies in a file of its own. `user` is a file that imports it. */
const RARE = {
  tldts: { file: 'tldts.cjs', user: registryEntry },
  'xz-decompress': { file: 'xz-decompress.cjs', user: coreEntry },
  '@hpcc-js/wasm-zstd': { file: 'wasm-zstd.cjs', user: rewriteEntry },
  yaml: { file: 'yaml.cjs', user: insightEntry },
  '@layers/insight/sbom': { file: 'sbom.cjs', user: join(here, 'package.json') },
};
const rare = {
  name: 'rare',
  setup({ onResolve }) {
    onResolve({ filter: /^@layers\/fleet$/ }, () => ({ path: './fleet.cjs', external: true }));
    onResolve({ filter: new RegExp(`^(?:${Object.keys(RARE).join('|')})$`) }, ({ path, kind }) =>
      kind === 'dynamic-import' ? { path: `./${RARE[path].file}`, external: true } : undefined,
    );
  },
};
const rarely = [];
for (const [name, { file, user }] of Object.entries(RARE)) {
  rarely.push(
    await build({
      ...commonJs,
      outfile: join(dist, file),
      stdin: { contents: `module.exports=require('${name}')`, resolveDir: dirname(user) },
      // The writers of SBOMs in XML, which nothing here uses.
      external: ['xmlbuilder2'],
      banner: { js: url },
    }),
  );
}

// The user installs this package. The bundles run as scripts, which cannot import modules; a file can. It is awaited as if it
// were the module.
const fleetFile = join(dist, 'fleet.cjs');
writeFileSync(
  fleetFile,
  "'use strict';exports.then=(done,failed)=>{import('@layers/fleet').then(done,failed)};\n",
);

/**
 * Commands that are often run, by the bundle that has their code. V8 reads all of a bundle, so that a smaller one starts
 * faster. All other commands share one bundle.
 */
const GROUPS = {
  understand: ['cat', 'history', 'inspect', 'list', 'ls', 'tree', 'verify', 'waste'],
  transfer: ['copy', 'pull', 'push'],
};

/**
 * Modules of Node that most runs need nothing of, or that take milliseconds to load: each is loaded when something of it is
 * used. None has a class that a bundle extends.
 */
const LAZY =
  /\brequire\("(node:(?:child_process|crypto|fs\/promises|https?|readline|tls|worker_threads))"\)/g;
const LAZILY =
  'const layersLazily=(name)=>{let loaded;const load=()=>loaded??=require(name);return new Proxy({},{get:(_,key)=>load()[key],has:(_,key)=>key in load(),ownKeys:()=>Reflect.ownKeys(load()),getOwnPropertyDescriptor:(_,key)=>({value:load()[key],enumerable:true,configurable:true})})};';

const mains = [];
for (const [name, commands] of [['all', null], ...Object.entries(GROUPS)]) {
  const only = {
    name: 'only',
    setup({ onResolve }) {
      if (commands === null) return;
      onResolve({ filter: /^\.\.\/\.\.\/commands\// }, ({ path, kind }) => {
        const command = /([a-z-]+)\.js$/.exec(path)?.[1];
        // Never loaded: the start of the command chooses the bundle.
        return kind !== 'dynamic-import' || commands.includes(command) ? undefined : { path, external: true };
      });
    },
  };
  const outfile = join(dist, `commands-${name}.cjs`);
  mains.push(
    await build({
      ...commonJs,
      outfile,
      entryPoints: ['src/run-process.ts'],
      external: ['zlib-sync', 'zstd-napi'],
      plugins: [rare, only],
      // As Node wraps a CommonJS module.
      banner: { js: `(function(exports,require,module,__filename,__dirname){${url}${LAZILY}` },
      footer: { js: '})' },
    }),
  );
  writeFileSync(outfile, readFileSync(outfile, 'utf8').replace(LAZY, 'layersLazily("$1")'));
}

/** The pages of reports about one image, about two and about a fleet. Each report contains one. */
const page = await build({
  absWorkingDir: here,
  bundle: true,
  minify: true,
  platform: 'browser',
  target: ['chrome110', 'firefox115', 'safari16.4'],
  format: 'iife',
  charset: 'ascii',
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
  // Names that only the code of the page uses get short. No document and no interface of browsers has them, but for strings.
  mangleProps:
    /[a-z](?:Between|Of)$|^(?:is(?:Comparison|Descending|Last|Partial|Version)|on(?:Choose|Select|ZoomIn|ZoomOut)|Actions|Summary|Versions|above|cell|colour|colouring|columns|contents|depth|facts|figures|firstItem|grouping|hasTitle|label|layerRows|layout|linkColumn|pathAt|paths|rows|search|select|selected|shape|share|shown|statements|summary|tables|views|whole|zoom)$/,
  reserveProps: /^(?:lastI|i)ndexOf$|^valueOf$/,
  outdir: dist,
  entryPoints: Object.entries({
    'report-page': '@layers/report/page/start',
    'comparison-page': '@layers/report/page/start-comparison',
    'fleet-page': '@layers/report/page/start-fleet',
    'report-style': '@layers/report/style.css',
    'fleet-style': '@layers/report/fleet.css',
  }).map(([out, name]) => ({ in: fileURLToPath(import.meta.resolve(name)), out })),
});

// esbuild leaves the spaces before the values of custom properties.
const style = join(dist, 'report-style.css');
writeFileSync(style, readFileSync(style, 'utf8').replace(/(?<=--[\w-]+:) /g, ''));

// A file of its own that loads nothing until it has to: the version is answered by it alone.
await build({
  ...commonJs,
  outfile: join(dist, 'main.cjs'),
  entryPoints: ['src/main.ts'],
  banner: { js: url },
  define: { ...commonJs.define, LAYERS_GROUPS: JSON.stringify(GROUPS) },
});

const outputs = [threads, page, ...mains, ...rarely].flatMap(({ metafile }) =>
  Object.entries(metafile.outputs),
);
const noticeFile = join(dist, 'THIRD-PARTY-NOTICES.txt');
writeFileSync(noticeFile, notices(outputs, { here, name: 'The command layers' }));
const sbomFile = join(dist, 'sbom.cdx.json');
writeFileSync(sbomFile, sbom(outputs, here));
mkdirSync(join(dist, 'man'), { recursive: true });
const manual = manPages(version).map(({ file, text }) => {
  const path = join(dist, 'man', file);
  writeFileSync(path, text);
  return path;
});
const written = [join(dist, 'main.cjs'), fleetFile, noticeFile, sbomFile, ...manual];
removeStale(new Set([...outputs.map(([path]) => resolve(here, path)), ...written]));

/** Returns a hash of the compiled code that reads images: what another build kept of them is not used. */
function buildHash() {
  const hash = createHash('sha256');
  for (const entry of ['@layers/tar', '@layers/core', '@layers/insight'].map((name) =>
    fileURLToPath(import.meta.resolve(name)),
  )) {
    const folder = dirname(entry);
    const names = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.js'));
    for (const name of names.sort()) hash.update(name).update(readFileSync(join(folder, name)));
  }
  return hash.digest('hex').slice(0, 12);
}

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
