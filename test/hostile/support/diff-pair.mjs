// Compares two archives as the command does, and prints the outcome, the time and the peak memory of this process.
import { existsSync, readFileSync } from 'node:fs';
import { compareImages, dockerDiff } from '../../../packages/core/dist/diff/index.js';
import { openArchive, readPair, selectImage } from '../../../packages/core/dist/image/index.js';

function peakKilobytes() {
  const status = existsSync('/proc/self/status') ? readFileSync('/proc/self/status', 'utf8') : '';
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? process.resourceUsage().maxRSS);
}

const [pathA, pathB, optionsJson = '{}'] = process.argv.slice(2);
const { docker = false, interrupt = false, ...options } = JSON.parse(optionsJson);
const outcome = {};
try {
  const open = async (path) => {
    const archive = await openArchive({ path });
    return { archive, image: selectImage(archive, { image: '#1' }) };
  };
  const [a, b] = await readPair(await open(pathA), await open(pathB));
  const aborter = new AbortController();
  if (interrupt) setTimeout(() => aborter.abort(), 1);
  const { signal } = aborter;
  if (docker) {
    outcome.changes = 0;
    for (const _ of (await dockerDiff(a, b, { ...options, signal })).changes) outcome.changes++;
  } else {
    const document = await compareImages(a, b, { ...options, signal });
    outcome.identical = document.identical;
    outcome.totals = document.totals;
    outcome.changes = 0;
    outcome.patches = 0;
    for (const { patch } of document.files ?? []) {
      outcome.changes++;
      if (patch !== undefined) outcome.patches++;
    }
    outcome.findings = [...new Set(document.findings.map(({ code }) => code))].sort();
  }
} catch (error) {
  outcome.error = error?.code === undefined ? String(error?.stack ?? error) : String(error.code);
  if (error?.name === 'AbortError') outcome.error = 'interrupted';
}
outcome.megabytes = Math.round(peakKilobytes() / 1024);
outcome.seconds = Math.round(process.uptime() * 10) / 10;
process.stdout.write(JSON.stringify(outcome));
process.exit(0);
