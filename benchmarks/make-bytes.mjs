// Writes a docker-archive of one image with few entries and an exact number of bytes in its files:
//
//     node make-bytes.mjs BYTES FILES LAYERS FILE
//
// The files have the same size, and are spread evenly over the layers, each in its own directory. Their bytes look random
// (a repeated block of a cipher, after the number of the file), so they hardly compress, and no two files are equal. The
// same arguments give the same bytes.
import { createCipheriv } from 'node:crypto';
import { entryOf, folderEntries, writeImage } from './image-writer.mjs';

const PIECE = 1 << 20;

function noise(bytes) {
  const cipher = createCipheriv('aes-128-ctr', Buffer.alloc(16, 'layers'), Buffer.alloc(16));
  return cipher.update(Buffer.alloc(bytes));
}

const [bytes, files, layers, path] = process.argv.slice(2);
const [total, count, depth] = [bytes, files, layers].map(Number);
if (![total, count, depth].every((n) => Number.isSafeInteger(n) && n > 0) || path === undefined) {
  process.stderr.write('usage: node make-bytes.mjs BYTES FILES LAYERS FILE\n');
  process.exit(2);
}
if (total % count !== 0 || count % depth !== 0) throw new Error('the bytes and files must divide evenly');

const block = noise(PIECE);
let number = 0;

function* content(size) {
  for (let left = size; left > 0; left -= PIECE) {
    block.writeDoubleLE(++number, 0);
    yield left < PIECE ? block.subarray(0, left) : block;
  }
}

function* layerEntries(layer) {
  const root = `srv/data/${layer}/`;
  yield* folderEntries(root);
  for (let i = 0; i < count / depth; i++) {
    const size = total / count;
    yield { ...entryOf(`${root}part-${i}.bin`, '0', 0o644), size, content: content(size) };
  }
}

writeImage(
  path,
  `bytes-${total}`,
  Array.from({ length: depth }, (_, i) => ({ entries: layerEntries(i), by: `COPY data ${i}` })),
);
