// Measures `layers` beside bare node, the limits of the machine, and other tools:
//
//     node benchmarks/run.mjs [--quick] [--only ID,…] [--out FILE] [--check]
//
//   --quick   fewer runs, no other tools, prints only
//   --only    only some of the groups (start, debian-raw, rewrite, compress, load,
//             debian-nochmod, debian-gzip, debian-zstd, growth); prints only
//   --out     where the report goes (default: RESULTS.md beside this script)
//   --check   exit status 1 where a target is missed or could not be measured
//
// Images that the cache lacks are made first. LAYERS_BENCH_CACHE names another cache folder,
// LAYERS_BENCH_CLI another script of the command (to measure a second version).
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { describeImages } from './describe-images.mjs';
import { measure, peakRssMethod } from './measure.mjs';
import { createReport, environment, groupSection, targetTable } from './report.mjs';
import { createGroups, imageNames } from './suite.mjs';
import { judge } from './targets.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const cache = resolve(process.env.LAYERS_BENCH_CACHE || join(here, 'cache'));
const cli = resolve(process.env.LAYERS_BENCH_CLI || join(here, '../apps/cli/bin/layers.js'));

function stop(message) {
  process.stderr.write(`bench: ${message}\n`);
  process.exit(2);
}

function options() {
  try {
    return parseArgs({
      options: {
        quick: { type: 'boolean', default: false },
        check: { type: 'boolean', default: false },
        only: { type: 'string' },
        out: { type: 'string' },
      },
    }).values;
  } catch (error) {
    return stop(error.message);
  }
}

/**
 * Makes what the cache lacks; what cannot be made here is left out. The Debian images are made in one call, for
 * they share layers.
 */
async function prepareImages() {
  mkdirSync(cache, { recursive: true });
  const lacking = imageNames.filter((name) => !existsSync(join(cache, `${name}.tar`)));
  const debian = lacking.filter((name) => name.startsWith('debian-'));
  for (const names of [debian, lacking.filter((name) => !debian.includes(name))]) {
    if (names.length === 0) continue;
    const { status } = spawnSync(join(here, 'make-images.sh'), names, {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, LAYERS_BENCH_CACHE: cache },
    });
    if (status !== 0) process.stderr.write(`bench: not all of ${names.join(', ')} could be made; going on\n`);
  }
  return describeImages(cache);
}

async function measureGroup(group) {
  const note = (text) => process.stderr.isTTY && process.stderr.write(`\r\x1b[K${text}`);
  let end;
  try {
    note(`${group.id}: checking`);
    group.check();
    end = await group.begin?.();
    group.results = await measure(group.jobs, {
      runs: group.runs,
      files: group.files,
      onRun: (job) => note(`${group.id}: ${job.name}`),
    });
  } catch (error) {
    group.failure = error.message;
  } finally {
    await end?.();
  }
  note('');
  process.stdout.write(`${groupSection(group)}\n\n`);
}

const { quick, check, only, out } = options();
const started = spawnSync(process.execPath, [cli, '--version'], { encoding: 'utf8' });
if (started.status !== 0) stop(`${cli} does not run; build it first: npm run build`);

const images = await prepareImages();
const all = createGroups({ cache, cli, images, quick });
const unknown = only?.split(',').find((id) => !all.some((group) => group.id === id));
if (unknown !== undefined)
  stop(`no group is called ${unknown}; there are: ${all.map(({ id }) => id).join(', ')}`);
const groups = all.filter((group) => only === undefined || only.split(',').includes(group.id));

const before = loadavg()[0];
if (before > 0.5)
  process.stderr.write(`bench: the machine is busy (load ${before.toFixed(2)}): times will be worse\n`);
for (const group of groups) await measureGroup(group);
const targets = judge(groups, images);
process.stdout.write(`## Targets\n\n${targetTable(targets)}\n`);

const file = out ?? (quick || only !== undefined ? undefined : join(here, 'RESULTS.md'));
if (file !== undefined) {
  const load = { before, after: loadavg()[0] };
  const machine = environment(cli);
  const report = createReport({
    groups,
    images,
    imageNames,
    targets,
    machine,
    load,
    memoryMethod: peakRssMethod,
  });
  writeFileSync(`${file}.part`, report);
  renameSync(`${file}.part`, file);
  process.stderr.write(`bench: wrote ${file}\n`);
}
const failed = groups.some((group) => group.failure !== undefined);
if (failed || (check && targets.some(({ pass }) => pass !== true))) process.exitCode = 1;
