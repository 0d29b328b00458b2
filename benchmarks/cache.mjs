// Measures the cache of layers, with an empty and with a filled cache, beside Node alone; and reads of random files through the
// library. Needs a build, and an archive with gzip or zstd layers of a megabyte and more.
//
//     node benchmarks/cache.mjs [--node PATH]... [--runs N] [--other ARCHIVE] [--reads N] ARCHIVE
//
// Processes: seconds of processor time, user and system, the least of all runs, which a busy machine disturbs least. Reads:
// milliseconds in this process.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { listFiles, openImage, readFile } from '../packages/core/dist/index.js';

const { values, positionals } = parseArgs({
  options: {
    node: { type: 'string', multiple: true, default: [process.execPath] },
    runs: { type: 'string', default: '7' },
    reads: { type: 'string', default: '1000' },
    other: { type: 'string' },
  },
  allowPositionals: true,
});
const [archive] = positionals;
if (archive === undefined) throw new Error('usage: node benchmarks/cache.mjs [OPTIONS] ARCHIVE');
const cli =
  process.env.LAYERS_BENCH_CLI ?? fileURLToPath(new URL('../apps/cli/bin/layers.js', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'layers-bench-cache-'));
const cache = join(scratch, 'indexes');
const runs = Number(values.runs);

/** Pseudo-random numbers, the same on every run. */
let state = 7;
const random = (below) => {
  state = (Math.imul(state, 1103515245) + 12345) >>> 0;
  return Math.floor((state / 2 ** 32) * below);
};

/** Runs a program; returns its processor time in seconds. */
function processorTime(program, args, env = {}) {
  const script = `
    import json, os, resource, subprocess, sys
    def used():
    \tchildren = resource.getrusage(resource.RUSAGE_CHILDREN)
    \treturn children.ru_utime + children.ru_stime
    before = used()
    status = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
    print(json.dumps([status, used() - before]))`;
  const code = script
    .split('\n')
    .map((line) => line.replace(/^ +/, ''))
    .join('\n');
  const { stdout, stderr } = spawnSync('python3', ['-c', code, program, ...args], {
    env: { ...process.env, XDG_CACHE_HOME: join(scratch, 'code'), LAYERS_CACHE: cache, ...env },
    encoding: 'utf8',
  });
  const [status, seconds] = JSON.parse(stdout);
  if (status !== 0 && status !== 1) throw new Error(`${args.join(' ')}: status ${status}\n${stderr}`);
  return seconds;
}

const least = (times) => Math.min(...times).toFixed(3);
const repeat = (run) => Array.from({ length: runs }, run);

function measureCommands(node, path) {
  const version = spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim();
  const bare = least(repeat(() => processorTime(node, ['-e', '0'])));
  console.log(`${version}: Node alone ${bare} s`);
  const commands = {
    inspect: ['inspect', archive],
    cat: ['cat', archive, path],
    ls: ['ls', archive, '/etc'],
    // Ends at the end of standard input, which is empty.
    explore: ['explore', '--plain', archive],
    ...(values.other === undefined ? {} : { diff: ['diff', archive, values.other] }),
  };
  for (const [name, args] of Object.entries(commands)) {
    // The compiled code is there for both.
    processorTime(node, [cli, ...args]);
    rmSync(cache, { recursive: true, force: true });
    const cold = processorTime(node, [cli, ...args]).toFixed(2);
    const warm = least(repeat(() => processorTime(node, [cli, ...args])));
    console.log(`  ${name.padEnd(8)} first ${cold} s  later ${warm} s  ${(warm / bare).toFixed(1)} x Node`);
  }
}

function quantiles(times) {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share) =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1);
  return `median ${at(0.5)}  p90 ${at(0.9)}  p99 ${at(0.99)}  most ${at(1)}`;
}

async function measureReads() {
  const image = await openImage(archive);
  const files = [...(await listFiles(image, { recursive: true }))].filter(
    ({ type, sizeBytes }) => type === 'file' && sizeBytes > 0,
  );
  const largest = files.toSorted((a, b) => b.sizeBytes - a.sizeBytes);
  // The second file of a layer that lies far behind prepares it.
  const spread = files.filter((_, i) => i % Math.ceil(files.length / 100) === 0);
  for (const { path } of [...largest.slice(0, 20), ...spread])
    await readFile(image, path, { maxBytes: 2 ** 30 });
  const times = [];
  const small = [];
  for (let read = 0; read < Number(values.reads); read++) {
    const { path, sizeBytes } = files[random(files.length)];
    const start = performance.now();
    await readFile(image, path, { maxBytes: 2 ** 30 });
    const time = performance.now() - start;
    times.push(time);
    if (sizeBytes < 1024 * 1024) small.push(time);
  }
  console.log(`reads of ${times.length} random files of ${files.length}, in ms: ${quantiles(times)}`);
  console.log(`  of the ${small.length} below 1 MiB: ${quantiles(small)}`);
  return largest.find(({ sizeBytes }) => sizeBytes < 30e6)?.path ?? files[0].path;
}

try {
  const path = await measureReads();
  for (const node of values.node) measureCommands(node, path);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
