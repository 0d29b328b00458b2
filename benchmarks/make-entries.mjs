// Writes a docker-archive of one image with an exact number of small entries:
//
//     node make-entries.mjs COUNT FILE [LAYERS]
//
// Three layers, as an application image has them: 90 % of the entries are packages in node_modules, 9 % an
// application of the same shape, 1 % touches every tenth package of the first layer: half of those packages are
// stored again (some files with the same bytes, some with others), half are deleted file by file. Two files of
// three are empty, the others hold a line. With LAYERS, the same packages are spread evenly over so many layers,
// and no layer touches another's. The same arguments give the same bytes.
import { entryOf, folderEntries, writeImage } from './image-writer.mjs';

const WORDS =
  'async base cache core data event file http index json lexer node parse query stream util view'.split(' ');
const FOLDERS = ['', 'lib/', 'lib/internal/', 'test/'];
const FILES_A_FOLDER = 8;
const MODULES = 'usr/lib/node_modules/';

const word = (n) => WORDS[n % WORDS.length];

/** Returns the entries of package `n` below `root`: directories, then their files. `version` changes some contents. */
function* packageEntries(root, n, version) {
  const home = `${root}${word(n)}-${word(n * 7 + 3)}-${n.toString(36)}/`;
  let file = 0;
  for (const folder of FOLDERS) {
    yield entryOf(`${home}${folder}`, '5', 0o755);
    for (let i = 0; i < FILES_A_FOLDER; i++, file++) {
      const name = `${home}${folder}${word(n + file * 5)}-${word(file)}-${i}.js`;
      const text = file % 3 === 0 ? `module.exports = '${n}.${file}.${file % 2 === 0 ? version : 0}';\n` : '';
      yield entryOf(name, '0', 0o644, Buffer.from(text, 'latin1'));
    }
  }
}

function* freshEntries(root) {
  yield* folderEntries(root);
  for (let n = 0; ; n++) yield* packageEntries(root, n, 1);
}

function* changedEntries(root) {
  for (let n = 0; ; n += 10) {
    const deletes = (n / 10) % 2 === 1;
    for (const entry of packageEntries(root, n, 2)) {
      if (!deletes || entry.type === '5') yield entry;
      else yield entryOf(entry.name.replace(/[^/]*$/, '.wh.$&'), '0', entry.mode);
    }
  }
}

function applicationLayers(count) {
  const changed = Math.floor(count / 100);
  const application = Math.floor(count * 0.09);
  return [
    { entries: freshEntries(MODULES), count: count - application - changed, by: 'COPY node_modules' },
    { entries: freshEntries('srv/app/packages/'), count: application, by: 'COPY packages' },
    { entries: changedEntries(MODULES), count: changed, by: 'RUN npm update' },
  ];
}

function evenLayers(count, layers) {
  const entries = freshEntries(MODULES);
  const from = (layer) => Math.floor((count * layer) / layers);
  return Array.from({ length: layers }, (_, i) => ({
    entries,
    count: from(i + 1) - from(i),
    by: `COPY packages-${i}`,
  }));
}

const [count, path, layers] = process.argv.slice(2);
if (!/^[1-9][0-9]{1,7}$/.test(count ?? '') || path === undefined || !/^[0-9]*$/.test(layers ?? '')) {
  process.stderr.write('usage: node make-entries.mjs COUNT FILE [LAYERS]\n');
  process.exit(2);
}
if (layers === undefined) writeImage(path, `entries-${count}`, applicationLayers(Number(count)));
else writeImage(path, `layers-${layers}`, evenLayers(Number(count), Number(layers)));
