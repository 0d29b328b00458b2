// Reads an archive as the command does, and prints the outcome, the time and the peak memory of this process.
import { existsSync, readFileSync } from 'node:fs';
import {
  analyse,
  historyDocument,
  inspectDocument,
  listEntries,
  treeDocument,
  verifyArchive,
  wasteDocument,
} from '../../../packages/core/dist/analysis/index.js';
import { openArchive, readImage, selectImage } from '../../../packages/core/dist/image/index.js';

/** The maximum since this program started. The one of getrusage includes the memory of the parent process. */
function peakKilobytes() {
  const status = existsSync('/proc/self/status') ? readFileSync('/proc/self/status', 'utf8') : '';
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? process.resourceUsage().maxRSS);
}

const [path, way = 'file', what = 'inspect'] = process.argv.slice(2);
const input = way === 'pipe' ? { path: '-', stream: process.stdin } : { path };
const outcome = {};
try {
  if (what === 'verify') {
    outcome.verified = (await verifyArchive(input, { image: '#1' })).verified;
  } else {
    const archive = await openArchive(input);
    const image = await readImage(archive, selectImage(archive, { image: '#1' }));
    historyDocument(image);
    const analysis = analyse(image);
    const document = inspectDocument(analysis, { top: 10 });
    outcome.entries = document.totals.entries;
    outcome.findings = document.findings.length;
    if (what === 'waste') wasteDocument(analysis);
    if (what === 'list') for (const _ of await listEntries(analysis, { recursive: true }));
    if (what === 'tree') await treeDocument(analysis);
  }
} catch (error) {
  outcome.error = typeof error?.code === 'string' ? error.code : String(error?.stack ?? error);
}
outcome.megabytes = Math.round(peakKilobytes() / 1024);
outcome.seconds = Math.round(process.uptime() * 10) / 10;
process.stdout.write(JSON.stringify(outcome));
process.exit(0);
