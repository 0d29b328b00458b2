// Measures commands in turn: wall-clock seconds of alternating runs, and peak memory in separate runs.
import { spawn, spawnSync } from 'node:child_process';
import { accessSync, closeSync, constants, openSync, readFileSync, readSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * @typedef {object} Job
 * @property {string} name unique within one call of `measure`
 * @property {string[]} argv program and arguments; standard output goes to /dev/null
 * @property {number[]} [statuses] exit statuses that count as success (default: 0 alone)
 * @property {Record<string, string>} [env] variables besides those of this process
 * @property {() => void} [before] called before each run, untimed
 * @property {number} [runs] fewer timed runs than the option of that name, for slow jobs, without an untimed run before
 * @property {{ seconds: number, peakRssBytes: number | null }} [first] the first of its runs, if it was made already
 * @property {number} [memoryRuns] runs for the peak of memory, instead of the option of that name
 *
 * @typedef {object} Measurement
 * @property {string} name
 * @property {number[]} samples wall-clock seconds, in the order of the runs
 * @property {number} median seconds
 * @property {number} min seconds
 * @property {number} max seconds
 * @property {number | null} peakRssBytes the largest process of the command; null if it is unknown
 */

/** Returns the path of a program, or null if it is not installed. */
export function which(program) {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    try {
      const path = join(folder, program);
      accessSync(path, constants.X_OK);
      return path;
    } catch {}
  }
  return null;
}

/** Returns the median of numbers. */
export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * Returns the exponent k of y = c·x^k by least squares on logarithms, with R². Ignores points with y <= 0, which have
 * no logarithm. Returns null if fewer than three remain.
 */
export function fitExponent(points) {
  const logs = points.filter(([, y]) => y > 0).map(([x, y]) => [Math.log(x), Math.log(y)]);
  if (logs.length < 3) return null;
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const mx = mean(logs.map(([x]) => x));
  const my = mean(logs.map(([, y]) => y));
  const sxx = logs.reduce((sum, [x]) => sum + (x - mx) ** 2, 0);
  const sxy = logs.reduce((sum, [x, y]) => sum + (x - mx) * (y - my), 0);
  const syy = logs.reduce((sum, [, y]) => sum + (y - my) ** 2, 0);
  return { exponent: sxy / sxx, r2: syy === 0 ? 1 : sxy ** 2 / (sxx * syy) };
}

/** Reads files once, so that they are in the page cache if memory allows. */
export function warm(files) {
  const buffer = Buffer.allocUnsafe(1 << 20);
  for (const file of files) {
    const fd = openSync(file, 'r');
    while (readSync(fd, buffer, 0, buffer.length, null) > 0);
    closeSync(fd);
  }
}

function fail(job, { status, signal, error, stderr }) {
  const how = error?.message ?? (signal ? `signal ${signal}` : `exit status ${status}`);
  const said = stderr?.toString().trim().split('\n').slice(-3).join(' | ');
  throw new Error(`${job.name}: ${how}${said ? `: ${said}` : ''}`);
}

const succeeded = (job, status) => (job.statuses ?? [0]).includes(status);

/** Runs a job once and returns its standard output, or nothing without `keep`. Throws if it fails. */
export function capture(job, keep = true) {
  job.before?.();
  const [program, ...args] = job.argv;
  const result = spawnSync(program, args, {
    stdio: ['ignore', keep ? 'pipe' : 'ignore', 'pipe'],
    maxBuffer: 1 << 30,
    env: environmentOf(job),
  });
  if (result.error || !succeeded(job, result.status)) fail(job, result);
  return keep ? result.stdout.toString() : '';
}

/** Like `capture`, with the seconds and the peak of memory (null without GNU time). */
export function captureMeasured(job, keep = true) {
  if (gnuTime === null) {
    const start = process.hrtime.bigint();
    const stdout = capture(job, keep);
    return { stdout, seconds: Number(process.hrtime.bigint() - start) / 1e9, peakRssBytes: null };
  }
  job.before?.();
  const start = process.hrtime.bigint();
  const result = spawnSync(gnuTime, ['-q', '-f', '%M', ...job.argv], {
    stdio: ['ignore', keep ? 'pipe' : 'ignore', 'pipe'],
    maxBuffer: 1 << 30,
    env: environmentOf(job),
  });
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  if (result.error || !succeeded(job, result.status)) fail(job, result);
  return { stdout: keep ? result.stdout.toString() : '', seconds, peakRssBytes: peakOf(result) };
}

const environmentOf = ({ env }) => ({ ...process.env, ...env });

/** Returns the seconds from the start of a job to its end. */
function timeOnce(job) {
  job.before?.();
  const [program, ...args] = job.argv;
  const start = process.hrtime.bigint();
  const result = spawnSync(program, args, { stdio: ['ignore', 'ignore', 'pipe'], env: environmentOf(job) });
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  if (result.error || !succeeded(job, result.status)) fail(job, result);
  return seconds;
}

/** Whether `time` is GNU time, which is a separate package on most systems. */
const gnuTime = (() => {
  const path = which('time');
  if (path === null) return null;
  return spawnSync(path, ['-f', '%M', 'true'], { encoding: 'utf8' }).stderr?.trim().match(/^\d+$/)
    ? path
    : null;
})();

/** The source of `peakRss`, for the report. */
export const peakRssMethod =
  gnuTime !== null
    ? 'GNU time (getrusage)'
    : 'VmHWM of /proc, read every 2 ms (a peak in the last 2 ms is lost)';

/** Returns the last number of GNU time, in bytes. */
function peakOf({ stderr }) {
  const kib = Number(stderr.toString().trim().split('\n').at(-1));
  return Number.isFinite(kib) ? kib * 1024 : null;
}

function peakByTime(job) {
  const result = spawnSync(gnuTime, ['-q', '-f', '%M', ...job.argv], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: environmentOf(job),
  });
  if (result.error || !succeeded(job, result.status)) fail(job, result);
  return peakOf(result);
}

function peakByProc(job) {
  return new Promise((resolve, reject) => {
    const [program, ...args] = job.argv;
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'ignore'], env: environmentOf(job) });
    let peak = null;
    const poll = setInterval(() => {
      try {
        const kib = /^VmHWM:\s*(\d+) kB/m.exec(readFileSync(`/proc/${child.pid}/status`, 'latin1'))?.[1];
        if (kib !== undefined) peak = Math.max(peak ?? 0, Number(kib) * 1024);
      } catch {}
    }, 2);
    child.on('error', reject);
    child.on('close', (status, signal) => {
      clearInterval(poll);
      if (!succeeded(job, status)) {
        reject(new Error(`${job.name}: ${signal ? `signal ${signal}` : `exit status ${status}`}`));
      } else resolve(peak);
    });
  });
}

/**
 * Returns the peak resident memory in bytes of a job's largest process (without GNU time: of the started process); null
 * if the system does not report it.
 */
export async function peakRss(job) {
  job.before?.();
  return gnuTime !== null ? peakByTime(job) : peakByProc(job);
}

/**
 * Measures jobs: one untimed round, then `runs` rounds of every job in turn, then `memoryRuns` runs for the peak of
 * memory, of which the largest counts. Every second round is backwards, so that no job always follows the same one. A job with
 * fewer runs is not in the last rounds. If there is a first run already, its peak counts.
 *
 * @param {Job[]} jobs
 * @param {{ runs?: number, memoryRuns?: number, files?: string[], onRun?: (job: Job) => void }} [options]
 *   `files` are read into the page cache first
 * @returns {Promise<Map<string, Measurement>>} by job name; throws if a job fails
 */
export async function measure(jobs, options = {}) {
  const { runs = 7, memoryRuns = 3, files = [], onRun = () => {} } = options;
  warm(files);
  const samples = new Map(jobs.map((job) => [job.name, job.first === undefined ? [] : [job.first.seconds]]));
  for (const job of jobs.filter((each) => each.runs === undefined)) {
    onRun(job);
    timeOnce(job);
  }
  for (let run = 0; run < runs; run++) {
    const turn = jobs.filter((job) => samples.get(job.name).length < (job.runs ?? runs));
    for (const job of run % 2 === 0 ? turn : turn.reverse()) {
      onRun(job);
      samples.get(job.name).push(timeOnce(job));
    }
  }
  const result = new Map();
  for (const job of jobs) {
    const wanted = job.memoryRuns ?? memoryRuns;
    let peakRssBytes = wanted > 0 ? (job.first?.peakRssBytes ?? null) : null;
    for (let run = 0; run < wanted && job.first === undefined; run++) {
      const peak = await peakRss(job);
      if (peak !== null) peakRssBytes = Math.max(peakRssBytes ?? 0, peak);
    }
    const seconds = samples.get(job.name);
    result.set(job.name, {
      name: job.name,
      samples: seconds,
      median: median(seconds),
      min: Math.min(...seconds),
      max: Math.max(...seconds),
      peakRssBytes,
    });
  }
  return result;
}
