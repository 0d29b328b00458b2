// Bundles the page into dist/: static files that need no server. Run after `tsc -b`.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deflateRawSync } from 'node:zlib';
import { build } from 'esbuild';
import { notices } from '../../scripts/notices.mjs';
import { encodeSevenBits } from './encode-seven-bits.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, 'dist');

const common = {
  absWorkingDir: here,
  bundle: true,
  write: false,
  metafile: true,
  outdir: 'dist',
  platform: 'browser',
  conditions: ['browser'],
  format: 'esm',
  target: ['chrome110', 'firefox115', 'safari16.4'],
  minify: true,
  charset: 'utf8',
  legalComments: 'none',
  logLevel: 'warning',
};

/** What the bundles consist of. */
const outputs = [];

const engineModule = await bundle({
  entryPoints: ['src/engine/worker.ts'],
  // Node's Buffer is a global.
  inject: ['src/engine/buffer.ts'],
  // Files that only Node runs are dropped as a whole; `bundle` refuses the others.
  external: ['node:*'],
});
// A page of `file:` starts no module as a worker, and only a module waits at its top.
const engine = `(async()=>{${engineModule}})()`;
// The page starts the engine from its text: only such a worker has the security policy of the page. Compressed, it has a
// third of the size also where a host compresses nothing. Parts of the code differ: shorter blocks, with a code of their own each,
// are smaller together.
const deflated = deflateRawSync(Buffer.from(engine), { level: 9, memLevel: 6 });
const ENGINE = '"LAYERS_ENGINE"';
const pageWithoutEngine = await bundle({
  entryPoints: ['src/page/main.ts'],
  format: 'iife',
  // As in the page of a report: names that only the code of the page uses. The messages of the engine have none of them.
  mangleProps:
    /[a-z](?:Between|Of)$|^(?:is(?:Comparison|Descending|Last|Version)|on(?:Choose|Select|ZoomIn|ZoomOut)|Actions|Summary|Versions|above|cell|colour|colouring|contents|depth|figures|firstItem|grouping|grown|hasTitle|label|layerRows|layout|linkColumn|most|pathAt|read|rows|select|selected|shape|share|shown|shrunk|sortBy|statements|table|tables|views|whole|words|zoom)$/,
  reserveProps: /^(?:lastI|i)ndexOf$|^valueOf$/,
  define: { LAYERS_ENGINE: ENGINE, LAYERS_ENGINE_BYTES: String(deflated.length) },
});
// Put here afterwards, since esbuild escapes control characters.
const page = pageWithoutEngine.replace(ENGINE, () => `"${encodeSevenBits(deflated)}"`);
const style = await bundle({ entryPoints: ['src/page/style.css'] });

const publicFile = (name) => readFileSync(join(here, 'public', name), 'utf8');
const files = {
  'index.html': publicFile('index.html'),
  'page.js': page,
  'page.css': style,
  'icon.svg': publicFile('icon.svg'),
  'manifest.webmanifest': publicFile('manifest.webmanifest'),
};
const version = createHash('sha256').update(JSON.stringify(files)).digest('hex').slice(0, 12);
const serviceWorker = publicFile('service-worker.js')
  .replace('VERSION', version)
  .replace('[]', JSON.stringify(['./', ...Object.keys(files)]));

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });
const licenses = notices(outputs, { here, name: 'The page' });
const all = { ...files, 'service-worker.js': serviceWorker, 'licenses.txt': licenses };
for (const [name, text] of Object.entries(all)) writeFileSync(join(dist, name), text);

async function bundle(options) {
  const { outputFiles, metafile } = await build({ ...common, ...options });
  outputs.push(...Object.entries(metafile.outputs));
  for (const [path, { imports }] of Object.entries(metafile.outputs)) {
    const missing = imports.map((found) => found.path).filter((name) => name.startsWith('node:'));
    if (missing.length > 0) throw new Error(`${path} needs ${missing.join(', ')}, which a browser lacks`);
  }
  return outputFiles[0].text;
}
