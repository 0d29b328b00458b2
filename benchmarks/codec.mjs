// Reads a tar with one library, and prints the numbers of entries and bytes of files:
//
//     node codec.mjs ENGINE FILE [MODULE]
//
//   walk         @layers/tar, headers alone: data is skipped by position
//   parser       @layers/tar, every byte, pushed in pieces
//   tar-stream, node-tar, modern-tar    this library, every byte; MODULE is the path of its main file
import { closeSync, createReadStream, fstatSync, openSync, readSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { pathToFileURL } from 'node:url';

const PIECE = 256 << 10;
const seen = { entries: 0, bytes: 0 };
const ours = () => import('../packages/tar/dist/index.js');
const stream = (file) => createReadStream(file, { highWaterMark: PIECE });
const load = (module) => import(pathToFileURL(module).href);

async function walk(file) {
  const { walkTar } = await ours();
  const fd = openSync(file, 'r');
  const source = {
    size: fstatSync(fd).size,
    read: (target, position) => readSync(fd, target, 0, target.length, position),
  };
  for (const { type, size } of walkTar(source)) {
    seen.entries++;
    if (type === 'file') seen.bytes += size;
  }
  closeSync(fd);
}

async function parser(file) {
  const { createTarParser } = await ours();
  const tar = createTarParser({
    onEntry: () => {
      seen.entries++;
    },
    onData: ({ length }) => {
      seen.bytes += length;
    },
  });
  const fd = openSync(file, 'r');
  const piece = Buffer.allocUnsafe(PIECE);
  for (let length = 1; length > 0; ) {
    length = readSync(fd, piece, 0, PIECE, null);
    tar.write(piece.subarray(0, length));
  }
  tar.end();
  closeSync(fd);
}

async function tarStream(file, module) {
  const extract = createRequire(import.meta.url)(module).extract();
  extract.on('entry', (_, content, next) => {
    seen.entries++;
    content.on('data', ({ length }) => {
      seen.bytes += length;
    });
    content.on('end', next);
    content.resume();
  });
  await pipeline(stream(file), extract);
}

async function nodeTar(file, module) {
  const { Parser } = createRequire(import.meta.url)(module);
  const tar = new Parser({
    onReadEntry: (entry) => {
      seen.entries++;
      entry.on('data', ({ length }) => {
        seen.bytes += length;
      });
      entry.resume();
    },
  });
  const done = new Promise((resolve, reject) => tar.on('end', resolve).on('error', reject));
  stream(file).pipe(tar);
  await done;
}

async function modernTar(file, module) {
  const { createTarDecoder } = await load(module);
  const entries = Readable.toWeb(stream(file)).pipeThrough(createTarDecoder());
  for await (const { body } of entries) {
    seen.entries++;
    for await (const { length } of body) seen.bytes += length;
  }
}

const engines = { walk, parser, 'tar-stream': tarStream, 'node-tar': nodeTar, 'modern-tar': modernTar };
const [engine, file, module] = process.argv.slice(2);
const read = Object.hasOwn(engines, engine ?? '') ? engines[engine] : undefined;
if (read === undefined || file === undefined) {
  process.stderr.write('usage: node codec.mjs ENGINE FILE [MODULE]\n');
  process.exit(2);
}
await read(file, module);
process.stdout.write(`${JSON.stringify(seen)}\n`);
