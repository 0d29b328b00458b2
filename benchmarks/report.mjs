// Turns measurements into Markdown, and tells what they were measured on.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, release, totalmem } from 'node:os';
import { isAbsolute } from 'node:path';
import { which } from './measure.mjs';
import { growthOf } from './targets.mjs';

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

/** One group's measurements as a table; or why there are none. */
export function groupSection(group) {
  const lines = [`## ${group.title}`, ''];
  if (group.note) lines.push(group.note, '');
  if (group.failure !== undefined) return [...lines, `Failed: ${group.failure}`].join('\n');
  const node = group.results.get('node');
  const rows = group.jobs.map(({ name, show, kind, bytes }) => {
    const { median, min, max, peakRssBytes } = group.results.get(name);
    return [
      kind === 'limit' ? `limit: ${show}` : show,
      formatSeconds(median),
      `${formatSeconds(min)} – ${formatSeconds(max)}`,
      (median / node.median).toFixed(median / node.median < 10 ? 2 : 1),
      bytes === undefined ? '' : integer(Math.round(bytes / median / MB)),
      peakRssBytes === null ? '' : (peakRssBytes / MB).toFixed(0),
    ];
  });
  lines.push(table(['', 'median>', 'least – most>', '× bare node>', 'MB/s>', 'peak MB>'], rows));
  lines.push('', `${group.runs} runs of each, in turn.`);
  if (group.missing.length > 0) lines.push(`Not installed, so not measured: ${group.missing.join(', ')}.`);
  return lines.join('\n');
}

function growthLine(groups, images) {
  const fit = growthOf(groups, images);
  if (fit === null) return [];
  return [
    `Fitted: (seconds less bare node) ∝ entries^${fit.exponent.toFixed(2)}, R² ${fit.r2.toFixed(4)}.`,
    '',
  ];
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

function zlibSync(cli) {
  try {
    return createRequire(cli)('zlib-sync/package.json').version;
  } catch {
    return 'not installed';
  }
}

/** Machine and versions, as [what, value] pairs. Takes the path of the command's script. */
export function environment(cli) {
  const model = cpus()[0]?.model ?? 'unknown processor';
  const tools = [
    ['sha256sum', '--version'],
    ['openssl', 'version'],
    ['gzip', '--version'],
    ['pigz', '--version'],
    ['igzip', '--version'],
    ['zstd', '--version'],
    ['bsdtar', '--version'],
    ['skopeo', '--version'],
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
  ];
}

/** The whole of RESULTS.md. */
export function createReport({ groups, images, imageNames, targets, machine, load, memoryMethod }) {
  return [
    '# Results',
    '',
    'Written by `npm run bench`; every figure comes from one run on one machine. Files lie in the page cache.',
    'Times are wall-clock seconds from start to end of the process, medians of alternating runs. Peak memory is',
    `the resident set of the largest process, in runs of their own (${memoryMethod}). MB are 10^6 bytes.`,
    'Before its time counts, `layers inspect` has to agree with GNU tar on layers, entries and bytes.',
    '',
    '## Targets',
    '',
    targetTable(targets),
    '',
    ...groups.flatMap((group) => [
      groupSection(group),
      '',
      ...(group.id === 'growth' ? growthLine(groups, images) : []),
    ]),
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
