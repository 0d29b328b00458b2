// Measures secrets, find, log and duplicates of an image beside other tools on the same files: processor seconds (user and
// system, the least of some runs), seconds, and peak memory. Needs GNU time. Missing tools are left out.
//
//     node insight.mjs IMAGE.tar PATH [RUNS]
//
// PATH is a path in the image, for log. gitleaks has no mode for images: it reads the layers, unpacked to a directory, whose
// unpacking is not counted.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { which } from './measure.mjs';

process.env.LAYERS_CACHE = 'off';
const [image, path, runs = '3'] = process.argv.slice(2);
if (path === undefined) throw new Error('usage: node insight.mjs IMAGE.tar PATH [RUNS]');
const cli =
  process.env.LAYERS_BENCH_CLI ?? fileURLToPath(new URL('../apps/cli/bin/layers.js', import.meta.url));
const python = fileURLToPath(new URL('peers/insight.py', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'layers-insight-'));
const files = join(folder, 'files');

const layers = (...args) => [process.execPath, cli, ...args];
/** Statuses: secrets and leaks found are no failures. */
const jobs = [
  ['secrets', 'layers', layers('secrets', '--json', image)],
  ['secrets', 'gitleaks dir', ['gitleaks', 'dir', '--no-banner', '--exit-code', '0', '--redact', files]],
  ['find', 'layers', layers('find', image, '*.pem')],
  ['find', 'python tarfile', ['python3', python, 'find', image, '*.pem']],
  ['log', 'layers', layers('log', image, path)],
  ['log', 'python tarfile', ['python3', python, 'log', image, path]],
  ['duplicates', 'layers', layers('duplicates', '--json', image)],
  ['duplicates', 'python tarfile', ['python3', python, 'duplicates', image]],
  ['waste', 'layers', layers('waste', image)],
  ['waste', 'dive', ['dive', '--ci', '--source', 'docker-archive', image]],
];

function measured([program = '', ...args]) {
  const report = join(folder, 'time');
  const argv = ['-f', '%e %U %S %M', '-o', report, program, ...args];
  const { status, stderr } = spawnSync('/usr/bin/time', argv, { stdio: ['ignore', 'ignore', 'pipe'] });
  if (status === null || status > 1) throw new Error(`${program} ended with ${status}: ${stderr}`);
  // Before it, GNU time says so where the status is not 0.
  const last = readFileSync(report, 'utf8').trim().split('\n').at(-1) ?? '';
  const [seconds = 0, user = 0, system = 0, kib = 0] = last.split(' ').map(Number);
  return { seconds, processor: user + system, megabytes: Math.round((kib * 1024) / 1e6) };
}

try {
  if (which('gitleaks') !== null)
    spawnSync(process.execPath, [cli, 'extract', '-q', image, files], { stdio: 'ignore' });
  console.log('| job | tool | processor | wall | memory |\n|---|---|--:|--:|--:|');
  for (const [job, tool, argv] of jobs) {
    if (which(argv[0]) === null && argv[0] !== process.execPath) continue;
    const results = Array.from({ length: Number(runs) }, () => measured(argv));
    const least = (key) => Math.min(...results.map((result) => result[key]));
    const [processor, seconds] = [least('processor').toFixed(2), least('seconds').toFixed(2)];
    console.log(`| ${job} | ${tool} | ${processor} s | ${seconds} s | ${least('megabytes')} MB |`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
