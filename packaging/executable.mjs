// Makes one executable of the command with Node in it: `node packaging/executable.mjs -o FILE [--node NODE]`. NODE is Node
// 25.5 or newer, which adds the files by itself (--build-sea); by default the one that runs this.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { ensureBuilt } from '../scripts/setup.mjs';
import { cli, manifest, programFiles } from './program-files.mjs';

const { values } = parseArgs({
  options: { output: { type: 'string', short: 'o' }, node: { type: 'string', default: process.execPath } },
});
if (values.output === undefined)
  throw new Error('usage: node packaging/executable.mjs -o FILE [--node NODE]');
const node = resolve(values.node);
const output = resolve(values.output);

ensureBuilt();
const folder = mkdtempSync(join(tmpdir(), 'layers-executable-'));
try {
  const main = join(folder, 'start.cjs');
  await build({
    entryPoints: [join(cli, 'src/executable/start.ts')],
    outfile: main,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    logLevel: 'warning',
  });
  const files = programFiles();
  const hash = createHash('sha256');
  for (const path of files) hash.update(`${path}\0`).update(readFileSync(join(cli, path)));
  const index = join(folder, 'index.json');
  writeFileSync(
    index,
    JSON.stringify({
      id: `${manifest.version}-${hash.digest('hex').slice(0, 12)}`,
      sizes: Object.fromEntries(files.map((path) => [path, statSync(join(cli, path)).size])),
    }),
  );
  const config = join(folder, 'sea.json');
  writeFileSync(
    config,
    JSON.stringify({
      main,
      executable: node,
      output,
      disableExperimentalSEAWarning: true,
      // Code of this version of Node, for this kind of processor.
      useCodeCache: true,
      assets: { 'index.json': index, ...Object.fromEntries(files.map((path) => [path, join(cli, path)])) },
    }),
  );
  execFileSync(node, ['--build-sea', config], { stdio: ['ignore', 'ignore', 'inherit'] });
  console.log(`${output}: ${(statSync(output).size / 1e6).toFixed(1)} MB`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
