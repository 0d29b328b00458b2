import { rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { getAsset } from 'node:sea';
import { programDirectory } from './program-directory.js';

/** The entry of a single executable: writes the files of the program where they are missing, and starts it. */
const { id, sizes } = indexOf(JSON.parse(getAsset('index.json', 'utf8')));
const { path, isTemporary } = programDirectory(
  { id, sizes, read: (name) => new Uint8Array(getAsset(name)) },
  process.env,
);
if (isTemporary) process.on('exit', () => rmSync(path, { recursive: true, force: true }));

const load = createRequire(join(path, 'bin', 'layers.js'));
// Docker calls its plugins by their names.
const isPlugin = /^docker-layers(?:\.exe)?$/i.test(basename(process.argv0));
if (isPlugin && process.argv[2] === 'docker-cli-plugin-metadata') load('./docker-layers.js');
else {
  const { main }: typeof import('../main.js') = load('../dist/main.cjs');
  main(process.argv.slice(2), isPlugin).catch((error: unknown) => {
    console.error(error);
    console.error('hint: this is a bug in layers: report it with the command line and the trace');
    process.exitCode = 70;
  });
}

function indexOf(value: unknown): { id: string; sizes: Record<string, number> } {
  if (typeof value !== 'object' || value === null || !('id' in value) || !('sizes' in value))
    throw new Error('the executable has no index of its files');
  const { id, sizes } = value;
  if (typeof id !== 'string' || typeof sizes !== 'object' || sizes === null)
    throw new Error('the index of the executable is damaged');
  return { id, sizes: Object.fromEntries(Object.entries(sizes).map(([name, size]) => [name, Number(size)])) };
}
