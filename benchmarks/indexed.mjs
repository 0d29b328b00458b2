// Measures the index of a gzip or zstd file and reads through it: `node benchmarks/indexed.mjs <file> [rounds]`, after a
// build. Building and sequential reads: milliseconds of processor time, the median of the rounds. Reads of 4 KiB at random
// positions: milliseconds, the median and the 99th percentile of 300. The whole file, by one thread and by several: milliseconds on
// the clock, the median of the rounds.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { decompressStream } from '../packages/core/dist/compression/decompress-stream.js';
import {
  createIndexBuilder,
  encodeIndex,
  inflatedSource,
  sniffCompression,
} from '../packages/core/dist/compression/index.js';
import { inflateInParallel } from '../packages/core/dist/compression/indexed/parallel-inflate.js';
import { createInflater } from '../packages/core/dist/compression/inflater.js';
import { fileSource } from '../packages/core/dist/io/index.js';

const [file, rounds = '5'] = process.argv.slice(2);
if (file === undefined) {
  console.error('usage: node benchmarks/indexed.mjs <file.gz|file.zst> [rounds]');
  process.exit(2);
}
const data = readFileSync(file);
const compression = sniffCompression(data);
const CHUNK_BYTES = 256 * 1024;
const MIB = 1024 * 1024;

function* chunks() {
  for (let at = 0; at < data.length; at += CHUNK_BYTES) yield data.subarray(at, at + CHUNK_BYTES);
}

const median = (values, share = 0.5) => values.toSorted((a, b) => a - b)[Math.floor(values.length * share)];

function processorMs(run) {
  const times = [];
  for (let round = 0; round < Number(rounds); round++) {
    const before = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(before);
    times.push((user + system) / 1000);
  }
  return median(times);
}

function inflate(checksum) {
  const inflater = createInflater(compression, { engine: 'portable', checksum });
  for (const chunk of chunks()) inflater.push(chunk, () => {});
  inflater.finish(() => {});
  inflater.close();
}

function build(spacing) {
  const builder = createIndexBuilder(compression, { spacing, checksum: false });
  for (const chunk of chunks()) for (const _ of builder.feed(chunk));
  for (const _ of builder.finish());
  builder.close();
  return builder.index();
}

function readAll(source) {
  const open = source.open();
  const target = new Uint8Array(CHUNK_BYTES);
  for (let position = 0, count = 1; count > 0; position += count) count = open.read(target, position);
  open.close();
}

function readTimes(source) {
  const open = source.open();
  const target = new Uint8Array(4096);
  let state = 1;
  const times = Array.from({ length: 300 }, () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    const started = performance.now();
    open.read(target, Math.floor((state / 2 ** 32) * source.size));
    return performance.now() - started;
  });
  open.close();
  return times;
}

console.log(`${file}: ${compression}, ${data.length} bytes, Node ${process.version}`);
console.log(`inflate: ${processorMs(() => inflate(true)).toFixed(0)} ms`);
console.log(`inflate without checksums: ${processorMs(() => inflate(false)).toFixed(0)} ms`);
console.log('| spacing | build, ms | index | of the data | points | read, ms | 99 %, ms | sequential, ms |');
for (const spacing of [MIB / 4, MIB, 4 * MIB]) {
  const ms = processorMs(() => build(spacing));
  const index = build(spacing);
  const source = inflatedSource(fileSource(file), index);
  const times = readTimes(source);
  const { length } = encodeIndex(index);
  const points = index.spans.filter((span) => span.point !== null).length;
  const cells = [
    `${spacing / MIB} MiB`,
    ms.toFixed(0),
    length,
    `${((100 * length) / index.size).toFixed(2)} %`,
    points,
    median(times).toFixed(1),
    median(times, 0.99).toFixed(1),
    processorMs(() => readAll(source)).toFixed(0),
  ];
  console.log(`| ${cells.join(' | ')} |`);
}

const index = build(2 * MIB);
const notIndexed = (cause) => new Error('another file', { cause });
const ways = {
  'one thread': () => decompressStream(fileSource(file).stream(), compression, { ignoreTrailing: true }),
  'several threads': () => inflateInParallel(fileSource(file).open(), index, { notIndexed }),
};
for (const hashes of [false, true]) {
  for (const [name, open] of Object.entries(ways)) {
    const times = [];
    for (let round = 0; round < Number(rounds); round++) {
      const hash = createHash('sha256');
      const started = performance.now();
      const pieces = open();
      if (pieces === null) break;
      for await (const piece of pieces) if (hashes) hash.update(piece);
      times.push(performance.now() - started);
    }
    if (times.length > 0)
      console.log(`${name}${hashes ? ', with SHA-256 of the output' : ''}: ${median(times).toFixed(0)} ms`);
  }
}
