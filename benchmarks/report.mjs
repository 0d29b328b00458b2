// Formats measurements and a description of the machine as Markdown.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, release, totalmem } from 'node:os';
import { isAbsolute } from 'node:path';
import { growthFits } from './groups/growth.mjs';
import { which } from './measure.mjs';
import { peerVersions } from './peers.mjs';

const MB = 1e6;
const integer = (value) => value.toLocaleString('en');

export function formatSeconds(value) {
  if (value < 1) return `${(value * 1000).toFixed(value < 0.1 ? 1 : 0)} ms`;
  return `${value.toFixed(2)} s`;
}

function table(head, rows) {
  const right = head.map((title) => title.endsWith('>'));
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [
    line(head.map((title) => title.replace(/>$/, ''))),
    line(right.map((numeric) => (numeric ? '--:' : ':--'))),
    ...rows.map(line),
  ].join('\n');
}

const verdict = (pass) => (pass === null ? 'not measured' : pass ? 'pass' : '**miss**');

export function targetTable(rows) {
  return table(
    ['', 'target', 'measured', ''],
    rows.map(({ what, target, measured, pass }) => [what, target, measured, verdict(pass)]),
  );
}

const ratio = (value) => value.toFixed(value < 10 ? 2 : 1);

/** Returns the job to compare with: the one that the job names, else the first of that kind in the group. */
function counterpart(group, job, key, kind) {
  const name =
    job[key] ?? group.jobs.find((other) => other.kind === kind && group.results.has(other.name))?.name;
  return group.results.get(name);
}

function jobRow(group, job, fault) {
  const { median, min, max, peakRssBytes } = group.results.get(job.name);
  const against = (other) => (other === undefined ? '' : ratio(median / other.median));
  const wire = (bytes) => (bytes === undefined ? '' : (bytes / MB).toFixed(bytes < 10 * MB ? 3 : 1));
  const rate = (count) => (count === undefined ? '' : integer(Math.round(count / median)));
  return [
    `${job.kind === 'limit' ? 'limit: ' : ''}${job.show}${fault === undefined ? '' : ` [${fault}]`}`,
    formatSeconds(median),
    `${formatSeconds(min)} – ${formatSeconds(max)}`,
    against(counterpart(group, job, 'against', 'layers')),
    against(counterpart(group, job, 'limit', 'limit')),
    rate(job.bytes === undefined ? undefined : job.bytes / MB),
    rate(job.entries),
    peakRssBytes === null ? '' : (peakRssBytes / MB).toFixed(0),
    wire(job.wire?.sent),
    wire(job.wire?.received),
  ];
}

/** Describes how often the jobs of a group ran. */
function runsLine({ runs }, jobs) {
  const fewer = jobs.filter((job) => job.runs !== undefined && job.runs < runs);
  const counts = [...new Set(fewer.map((job) => job.runs))].sort((a, b) => b - a);
  const parts = counts.map((count) => {
    const shown = fewer.filter((job) => job.runs === count).map(({ show }) => show);
    return `; ${count} of ${shown.join(', ')}`;
  });
  return `${runs} runs of each, in turn${parts.join('')}.`;
}

/** Returns the measurements of a group as a table, or why there are none. */
export function groupSection(group) {
  const lines = [`## ${group.title}`, ''];
  if (group.note) lines.push(group.note, '');
  if (group.failure !== undefined) return [...lines, `Failed: ${group.failure}`].join('\n');
  const faults = group.jobs.filter(({ fault }) => fault !== undefined);
  const measured = group.jobs.filter(({ name }) => group.results.has(name));
  const rows = measured.map((job) => {
    const fault = faults.indexOf(job);
    return jobRow(group, job, fault < 0 ? undefined : fault + 1);
  });
  const times = ['median>', 'least – most>', '× layers>', '× limit>', 'MB/s>', 'entries/s>'];
  const head = ['', ...times, 'peak MB>', 'MB sent>', 'MB received>'];
  // Columns without values are left out.
  const kept = head.map((_, column) => column === 0 || rows.some((row) => row[column] !== ''));
  const keep = (cells) => cells.filter((_, column) => kept[column]);
  lines.push(table(keep(head), rows.map(keep)));
  lines.push('', runsLine(group, measured));
  for (const [index, { show, fault }] of faults.entries()) lines.push('', `[${index + 1}] ${show}: ${fault}`);
  if (group.missing.length > 0)
    lines.push('', `Not installed, so not measured: ${group.missing.join(', ')}.`);
  return lines.join('\n');
}

/** Returns the fits of a group's times; none for most groups. */
function growthLines(group, groups, images) {
  return growthFits(groups, images)
    .filter(({ id }) => id === group.id)
    .flatMap(({ what, exponent, r2 }) => [
      `Fitted: time of ${what} (less that for a tiny image) ∝ n^${exponent.toFixed(2)}, R² ${r2.toFixed(4)}.`,
      '',
    ]);
}

function imageTable(images, names) {
  const rows = names
    .filter((name) => images[name] !== undefined)
    .map((name) => {
      const { bytes, tarBytes, contentBytes, layers, entries } = images[name];
      return [`${name}.tar`, ...[bytes, tarBytes, contentBytes, layers, entries].map(integer)];
    });
  return table(
    ['image', 'bytes>', 'layers, uncompressed>', 'in regular files>', 'layers>', 'entries>'],
    rows,
  );
}

function firstLine(program, ...args) {
  if (!isAbsolute(program) && which(program) === null) return null;
  const { stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  return (
    (stdout || stderr || '')
      .split('\n')[0]
      .replace(/^\*+|\*+$/g, '')
      .trim() || null
  );
}

function fileField(path, pattern) {
  try {
    return pattern.exec(readFileSync(path, 'utf8'))?.[1] ?? null;
  } catch {
    return null;
  }
}

/** Returns the version of the native decompressor if `layers` can use it. It is built for one version of Node. */
function zlibSync(cli) {
  const load = createRequire(cli);
  try {
    load('zlib-sync');
    return load('zlib-sync/package.json').version;
  } catch (error) {
    return error.code === 'MODULE_NOT_FOUND' ? 'not installed' : 'built for another version of Node.js';
  }
}

/** Returns the machine and the versions as pairs. Needs the script of the command and the directory of the images. */
export function environment(cli, cache) {
  const model = cpus()[0]?.model ?? 'unknown processor';
  const tools = [
    ['sha256sum', '--version'],
    ['openssl', 'version'],
    ['gzip', '--version'],
    ['tar', '--version'],
  ];
  return [
    ['processor', `${cpus().length} × ${model}`],
    ['memory', `${(totalmem() / 1e9).toFixed(1)} GB`],
    [
      'system',
      `${fileField('/etc/os-release', /^PRETTY_NAME="?([^"\n]*)/m) ?? process.platform}, Linux ${release()}`,
    ],
    ['Node.js', process.version],
    ['layers', firstLine(process.execPath, cli, '--version') ?? 'unknown'],
    ['zlib-sync', zlibSync(cli)],
    ...tools.map(([program, flag]) => [program, firstLine(program, flag) ?? 'not installed']),
    ...peerVersions(cache),
  ];
}

/** Returns the text of RESULTS.md. */
export function createReport({ groups, images, imageNames, targets, machine, load, memoryMethod }) {
  return [
    '# Results',
    '',
    'Written by `npm run bench`. Every figure comes from one run on one machine. Files are in the page cache.',
    'Times are wall-clock seconds from start to end of the process, medians of alternating runs. Peak memory is',
    `the resident set of the largest process, in separate runs (${memoryMethod}). MB are 10^6 bytes.`,
    'Before its time counts, the result of a tool is checked: against GNU tar, the decompressors, `sha256sum`, and what',
    'Docker itself exports. A tool with a wrong result is timed, too, and the fault is described below its table.',
    '',
    '`× layers` is the time over that of the first `layers` command of the table (above 1 is slower than `layers`), `× limit`',
    'that over the first limit: the time of the machine for the bytes alone. MB/s and entries/s count those of the image.',
    '',
    '## Targets',
    '',
    targetTable(targets),
    '',
    ...groups.flatMap((group) => [groupSection(group), '', ...growthLines(group, groups, images)]),
    '## Images',
    '',
    'Made by `make-images.sh`.',
    '',
    imageTable(images, imageNames),
    '',
    '## Machine',
    '',
    table(
      ['', ''],
      [...machine, ['load average', `${load.before.toFixed(2)} before, ${load.after.toFixed(2)} after`]],
    ),
    '',
  ].join('\n');
}
