// The records of all commands, from the sources of the command.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { root } from '../scripts/setup.mjs';

const SOURCE = `
export { GROUPS } from './apps/cli/src/program/program.js';
export { EVERY } from './apps/cli/src/program/help.js';
export { usageOf } from './apps/cli/src/program/build.js';
export { globalOptions } from './apps/cli/src/program/options.js';
export { ROW_TABLES } from './apps/cli/src/template/row-tables.js';
`;

/** Loads the records. The code of the commands, which they load when they run, is left out. */
export async function loadRecords(folder) {
  mkdirSync(folder, { recursive: true });
  const outfile = join(folder, 'records.mjs');
  await build({
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'warning',
    outfile,
    stdin: { contents: SOURCE, resolveDir: root, loader: 'ts' },
    define: { LAYERS_VERSION: '""', LAYERS_BUILD: '""' },
    banner: {
      js: "import{createRequire as layersRequire}from'node:module';const require=layersRequire(import.meta.url);",
    },
    plugins: [
      {
        name: 'no-commands',
        setup({ onResolve }) {
          onResolve({ filter: /^\.\.\/\.\.\/commands\// }, ({ path }) => ({ path, external: true }));
        },
      },
    ],
  });
  return import(pathToFileURL(outfile).href);
}
