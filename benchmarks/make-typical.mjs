// Writes docker-archives like the images that most people have:
//
//     node make-typical.mjs alpine|app FILE
//
//   alpine   8 MB in one layer: two large programs, some libraries, 300 symbolic links, small files of settings
//   app      20,000 small files in 110 MB: a small base system, the packages of an application, and the application
//
// The files hold words, which compress as sources do. The same arguments give the same bytes.
import { entryOf, folderEntries, writeImage } from './image-writer.mjs';

const WORDS =
  'async await break case catch class const data default error export extends false file function handler import index length module name null object options parse path promise query read require response result return stream string switch throw token true type undefined update value while write yield'.split(
    ' ',
  );
const PIECE = 1 << 20;

/** Returns numbers below 2 ** 32 that look random, always the same from one `seed`. */
function randomNumbers(seed) {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

/** A megabyte of words. Files are parts of it, from different places. */
const text = (() => {
  const next = randomNumbers(17);
  const pieces = [];
  let size = 0;
  while (size < PIECE) {
    const n = next();
    const word = `${WORDS[n % WORDS.length]}${['', '.', '(', ' = ', ';\n', '\n  '][(n >>> 8) % 6]} `;
    pieces.push(n % 5 === 0 ? `${(n >>> 4).toString(36)} ` : word);
    size += pieces.at(-1).length;
  }
  return Buffer.from(pieces.join('').slice(0, PIECE), 'latin1');
})();

/** Returns a file of `size` bytes, different for each `seed`. */
function file(name, size, seed, mode = 0o644) {
  const next = randomNumbers(seed + 1);
  const content = function* () {
    let left = size;
    const first = Buffer.from(`${seed}\n`.padEnd(Math.min(size, 12)).slice(0, size), 'latin1');
    if (size > 0) yield first;
    left -= first.length;
    while (left > 0) {
      const from = next() % (PIECE - 1);
      const part = text.subarray(from, Math.min(PIECE, from + left));
      yield part;
      left -= part.length;
    }
  };
  return { ...entryOf(name, '0', mode), size, content: content() };
}

/** An entry of a symbolic link: the target is in `link`. */
const symlink = (name, link) => ({ ...entryOf(name, '2', 0o777), link });

function* system(programs, libraries, settings) {
  for (const folder of [
    'bin',
    'etc',
    'etc/init',
    'lib',
    'sbin',
    'usr',
    'usr/bin',
    'usr/lib',
    'usr/share',
    'var',
    'tmp',
  ])
    yield entryOf(`${folder}/`, '5', 0o755);
  for (let i = 0; i < programs.length; i++) yield file(`bin/program-${i}`, programs[i], i, 0o755);
  for (let i = 0; i < 300; i++)
    yield symlink(`${i % 3 === 0 ? 'sbin' : 'usr/bin'}/tool-${i}`, '/bin/program-0');
  for (let i = 0; i < libraries; i++)
    yield file(`lib/library-${i}.so.${i % 7}`, 40_000 + 9_000 * (i % 40), 100 + i, 0o755);
  for (let i = 0; i < settings; i++)
    yield file(`etc/init/setting-${i}.conf`, 30 + ((i * 97) % 900), 1_000 + i);
}

/** The files of an application: packages of 20 files, two thirds of them under 4 kB. */
function* packages(root, count, seed) {
  yield* folderEntries(root);
  const next = randomNumbers(seed);
  for (let i = 0; i < count; i++) {
    if (i % 20 === 0) {
      yield entryOf(`${root}package-${i / 20}/`, '5', 0o755);
      yield entryOf(`${root}package-${i / 20}/lib/`, '5', 0o755);
      yield file(`${root}package-${i / 20}/package.json`, 600 + (next() % 900), seed + i);
      continue;
    }
    const n = next();
    const size = n % 3 === 0 ? 4_000 + ((n >>> 8) % 16_000) : (n >>> 8) % 4_000;
    yield file(`${root}package-${Math.floor(i / 20)}/lib/module-${i % 20}.js`, size, seed + i);
  }
}

const images = {
  alpine: () => [{ entries: system([800_000, 4_400_000], 20, 120), by: 'ADD rootfs.tar /' }],
  app: () => [
    { entries: system([800_000, 4_400_000], 20, 120), by: 'ADD rootfs.tar /' },
    { entries: packages('srv/app/node_modules/', 18_000, 7), by: 'RUN npm ci' },
    { entries: packages('srv/app/src/', 1_560, 11), by: 'COPY src src' },
  ],
};

const [kind = '', path] = process.argv.slice(2);
if (!Object.hasOwn(images, kind) || path === undefined) {
  process.stderr.write('usage: node make-typical.mjs alpine|app FILE\n');
  process.exit(2);
}
writeImage(path, kind, images[kind]());
