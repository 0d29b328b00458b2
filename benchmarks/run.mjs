// Measures `layers`, Node alone, the limits of the machine, and other tools:
//
//     node benchmarks/run.mjs [--quick] [--only ID,…] [--out FILE] [--check]
//
//   --quick   fewer runs, no other tools, prints only
//   --only    measures only these groups, also by the name before the colon (`inspect` is
//             inspect:raw, inspect:gzip, …); prints only
//   --list    prints the names of the groups
//   --out     the file for the report (default: RESULTS.md next to this script)
//   --check   exit status 1 if a target is missed or could not be measured
//
// Makes missing images first; with --quick, only those that take seconds. LAYERS_BENCH_CACHE names another cache
// directory, LAYERS_BENCH_CLI the script of another version of the command.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createContext } from './context.mjs';
import { describeImages, imageNames, imagesToMake } from './describe-images.mjs';
import { capture, captureMeasured, measure, peakRssMethod, warm } from './measure.mjs';
import { createReport, environment, groupSection, targetTable } from './report.mjs';
import { createGroups } from './suite.mjs';
import { judge } from './targets.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const cache = resolve(process.env.LAYERS_BENCH_CACHE || join(here, 'cache'));
const cli = resolve(process.env.LAYERS_BENCH_CLI || join(here, '../apps/cli/bin/layers.js'));

// The runs of a job must do the same work.
process.env.LAYERS_CACHE = 'off';
// Node reads these certificates at each start, which takes 40 ms for those of Debian, whatever it runs.
delete process.env.NODE_EXTRA_CA_CERTS;

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
        list: { type: 'boolean', default: false },
        only: { type: 'string' },
        out: { type: 'string' },
      },
    }).values;
  } catch (error) {
    return stop(error.message);
  }
}

/**
 * Makes missing images, if this machine can. The Debian images are made in one call, because they share layers.
 */
async function prepareImages(wanted) {
  mkdirSync(cache, { recursive: true });
  const lacking = imagesToMake(wanted).filter((name) => !existsSync(join(cache, `${name}.tar`)));
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

/**
 * Runs a job once, and checks its result. A tool that fails is not measured. A tool with a wrong result is measured, and
 * the report describes the fault. Throws if `layers` fails or has a wrong result.
 */
function tryJob(job) {
  if (typeof job.argv === 'function') job.argv = job.argv();
  try {
    const keep = job.verify !== undefined;
    const output = job.runs === undefined ? capture(job, keep) : firstRun(job, keep);
    try {
      job.verify?.(output);
    } catch (error) {
      if (job.kind === 'layers') throw error;
      job.fault = `its result is wrong: ${error.message}`;
    }
  } catch (error) {
    if (job.kind === 'layers') throw error;
    job.fault = `it fails: ${error.message}`;
    return false;
  }
  return true;
}

/** The checked run of a slow job, which counts as its first timed run. */
function firstRun(job, keep) {
  const { stdout, ...first } = captureMeasured(job, keep);
  job.first = first;
  return stdout;
}

async function measureGroup(group) {
  const note = (text) => process.stderr.isTTY && process.stderr.write(`\r\x1b[K${text}`);
  let end;
  try {
    end = await group.begin?.();
    warm(group.files);
    const jobs = group.jobs.filter((job) => {
      note(`${group.id}: checking ${job.name}`);
      return tryJob(job);
    });
    group.results = await measure(jobs, {
      runs: group.runs,
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

const { quick, check, only, out, list } = options();
const started = spawnSync(process.execPath, [cli, '--version'], { encoding: 'utf8' });
if (started.status !== 0) stop(`${cli} does not run; build it first: npm run build`);

const asked = only?.split(',');
const images = await prepareImages({ quick, only: list ? [] : asked });
const all = createGroups(createContext({ cache, cli, images, quick }));
if (list) {
  process.stdout.write(all.map(({ id, title }) => `${id}\t${title}\n`).join(''));
  process.exit(0);
}
const isAsked = ({ id }) => asked === undefined || asked.includes(id) || asked.includes(id.split(':')[0]);
const unknown = asked?.find((name) => !all.some(({ id }) => id === name || id.split(':')[0] === name));
if (unknown !== undefined) stop(`no group ${unknown}; the groups are: ${all.map(({ id }) => id).join(', ')}`);
const groups = all.filter(isAsked);

const before = loadavg()[0];
if (before > 0.5)
  process.stderr.write(`bench: the machine is busy (load ${before.toFixed(2)}): times will be worse\n`);
const file = out ?? (quick || only !== undefined ? undefined : join(here, 'RESULTS.md'));
const machine = environment(cli, cache);

/** Writes the report after every group, because the whole run takes most of an hour. */
function writeReport(done) {
  const load = { before, after: loadavg()[0] };
  const targets = judge(done, images);
  const method = { machine, load, memoryMethod: peakRssMethod };
  writeFileSync(`${file}.part`, createReport({ groups: done, images, imageNames, targets, ...method }));
  renameSync(`${file}.part`, file);
}

// The running command also gets the signal from the terminal. Its files are removed before this process ends.
let interrupted = false;
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    interrupted = true;
  });
}
for (const [position, group] of groups.entries()) {
  await measureGroup(group);
  // Handles a signal that came while a command ran.
  await new Promise((resolve) => setImmediate(resolve));
  if (interrupted) process.exit(130);
  if (file !== undefined) writeReport(groups.slice(0, position + 1));
}
const targets = judge(groups, images);
process.stdout.write(`## Targets\n\n${targetTable(targets)}\n`);
if (file !== undefined) process.stderr.write(`bench: wrote ${file}\n`);
const failed = groups.some((group) => group.failure !== undefined);
if (failed || (check && targets.some(({ pass }) => pass !== true))) process.exitCode = 1;
