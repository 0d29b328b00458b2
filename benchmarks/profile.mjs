// Runs a command under V8's profiler, and prints the functions that take the most time, by thread.
//
//     node benchmarks/profile.mjs [--top N] COMMAND ARGUMENT…      e.g. inspect app.tar
//
// `self` is the time in the function alone, `total` includes the functions that it calls. Both are in ms and as a share
// of the busy time of the thread. LAYERS_BENCH_CLI names the script of another version.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const cli = resolve(process.env.LAYERS_BENCH_CLI || join(here, '../apps/cli/bin/layers.js'));
const SAMPLE_MICROSECONDS = 200;

const nameOf = ({ callFrame: { functionName, url, lineNumber } }) =>
  `${functionName || '(anonymous)'} ${url === '' ? '' : `${url.split('/').at(-1)}:${lineNumber + 1}`}`;

/** Returns milliseconds by function: alone, and with the functions that it calls. */
function timesOf(profile) {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const parents = new Map(
    profile.nodes.flatMap(({ id, children = [] }) => children.map((each) => [each, id])),
  );
  const self = new Map();
  const total = new Map();
  const add = (times, name, ms) => times.set(name, (times.get(name) ?? 0) + ms);
  for (const [index, sample] of profile.samples.entries()) {
    const ms = profile.timeDeltas[index] / 1000;
    add(self, nameOf(nodes.get(sample)), ms);
    const stack = new Set();
    for (let id = sample; id !== undefined; id = parents.get(id)) stack.add(nameOf(nodes.get(id)));
    for (const name of stack) add(total, name, ms);
  }
  return { self, total };
}

function printThread(profile, top) {
  const { self, total } = timesOf(profile);
  const idle = self.get('(idle) ') ?? 0;
  const work = [...self.values()].reduce((sum, ms) => sum + ms, 0) - idle;
  process.stdout.write(`\n${work.toFixed(0)} ms at work, ${idle.toFixed(0)} ms waiting\n`);
  for (const [title, times] of Object.entries({ self, total })) {
    process.stdout.write(`  ${title}\n`);
    const rows = [...times].filter(([name]) => !/^\((idle|root)\) $/.test(name)).sort((a, b) => b[1] - a[1]);
    for (const [name, ms] of rows.slice(0, top)) {
      const share = ((100 * ms) / work).toFixed(1);
      process.stdout.write(`  ${ms.toFixed(1).padStart(9)} ${share.padStart(5)} %  ${name}\n`);
    }
  }
}

const args = process.argv.slice(2);
const top = args[0] === '--top' ? Number(args.splice(0, 2)[1]) : 20;
if (args.length === 0 || !Number.isSafeInteger(top)) {
  process.stderr.write('usage: node profile.mjs [--top N] COMMAND ARGUMENT…\n');
  process.exit(2);
}
const folder = mkdtempSync(join(tmpdir(), 'layers-profile-'));
try {
  const flags = ['--cpu-prof', '--cpu-prof-interval', `${SAMPLE_MICROSECONDS}`, '--cpu-prof-dir', folder];
  const { status } = spawnSync(process.execPath, [...flags, cli, ...args], {
    stdio: ['inherit', 'ignore', 'inherit'],
  });
  const profiles = readdirSync(folder).map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')));
  const began = (profile) => profile.startTime;
  for (const profile of profiles.sort((a, b) => began(a) - began(b))) printThread(profile, top);
  process.exitCode = status ?? 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
