// Compares the decompressors on a gzip or zstd file: `node benchmarks/inflate.mjs <file> [rounds]`, after a build.
// Prints MB of output for each second of processor time (which other processes disturb least), the median of the
// rounds, and the ratio to the first decompressor.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createInflater, NeedsPortableInflater } from '../packages/core/dist/compression/inflater.js';
import { sniffCompression } from '../packages/core/dist/compression/sniff.js';

const [file, rounds = '5'] = process.argv.slice(2);
if (file === undefined) {
  console.error('usage: node benchmarks/inflate.mjs <file.gz|file.zst> [rounds]');
  process.exit(2);
}
const data = readFileSync(file);
const compression = sniffCompression(data);
const CHUNK_BYTES = 256 * 1024;

const VARIANTS = {
  gzip: [
    { engine: 'portable', checksum: false },
    { engine: 'portable', checksum: true },
    { engine: 'zlib-sync' },
  ],
  zstd: [{ engine: 'portable' }],
}[compression];
if (VARIANTS === undefined) throw new Error(`${file} is neither gzip nor zstd`);

function measure(options, hashed) {
  const inflater = createInflater(compression, options);
  const stored = createHash('sha256');
  const inflated = createHash('sha256');
  let total = 0;
  const before = process.cpuUsage();
  const take = (bytes) => {
    total += bytes.length;
    if (hashed) inflated.update(bytes);
  };
  for (let at = 0; at < data.length; at += CHUNK_BYTES) {
    const chunk = data.subarray(at, at + CHUNK_BYTES);
    if (hashed) stored.update(chunk);
    inflater.push(chunk, take);
  }
  inflater.finish(take);
  const { user, system } = process.cpuUsage(before);
  const { engine } = inflater;
  inflater.close();
  return { engine, speed: total / (user + system) };
}

const speeds = new Map();
for (let round = 0; round < Number(rounds); round++) {
  for (const hashed of [false, true]) {
    for (const options of VARIANTS) {
      try {
        const { engine, speed } = measure(options, hashed);
        const crc = options.checksum === false ? ', no CRC' : '';
        const label = `${hashed ? 'inflate + 2 SHA-256' : 'inflate'}: ${engine}${crc}`;
        speeds.set(label, [...(speeds.get(label) ?? []), speed]);
      } catch (error) {
        if (error instanceof NeedsPortableInflater) console.warn(error.message);
        else if (error.code === 'ERR_LAYERS_ENGINE_MISSING') console.warn(error.message);
        else throw error;
      }
    }
  }
}

const medians = [...speeds].map(([label, list]) => [label, list.sort((a, b) => a - b)[list.length >> 1]]);
for (const [label, speed] of medians) {
  const [, first] = medians.find(([other]) => other.split(':')[0] === label.split(':')[0]);
  console.log(`${label.padEnd(52)} ${speed.toFixed(0).padStart(6)} MB/s  ${(speed / first).toFixed(2)}`);
}
