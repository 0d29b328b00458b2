// Measures the page of `apps/web` in Chromium: the time until an image is shown and until its contents are read, and the
// memory of the process of the page. Run after a build, with the archives to read. Two joined by a comma are compared:
//
//   node benchmarks/web.mjs [FILE|A,B]...
//
//   --entries  also images of so many entries, which are made for it: 10000,100000,1000000
//   --runs     in turn over all archives (default: 1). Times are the least, which a busy machine disturbs least; memory the most
//   --browser  the program to measure (default: /usr/bin/chromium)
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    browser: { type: 'string', default: '/usr/bin/chromium' },
    entries: { type: 'string', default: '' },
    runs: { type: 'string', default: '1' },
  },
});
const pathOf = (name) => fileURLToPath(new URL(name, import.meta.url));
const page = pathToFileURL(pathOf('../apps/web/dist/index.html')).href;
const SAMPLE_MS = 50;
const MOST_MS = 600_000;

const scratch = mkdtempSync(join(tmpdir(), 'layers-bench-web-'));
try {
  const made = values.entries.split(',').filter((count) => count !== '');
  const inputs = [
    ...positionals.map((names) => names.split(',')),
    ...made.map((count) => [makeImage(count)]),
  ];
  const results = inputs.map(() => []);
  for (let run = 0; run < Number(values.runs); run++)
    for (const [i, files] of inputs.entries()) results[i].push(await measure(files));
  console.log('| archive | bytes | shown | memory | contents read | memory |');
  console.log('|:--|--:|--:|--:|--:|--:|');
  for (const [i, files] of inputs.entries()) {
    const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0);
    const names = files.map((file) => basename(file, '.tar')).join(' → ');
    const states = ['shown', 'whole'].map((state) => best(results[i].map((result) => result[state])));
    console.log(`| ${[names, bytes.toLocaleString('en'), ...states.flatMap(text)].join(' | ')} |`);
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

/** Makes an image of small files. */
function makeImage(count) {
  const file = join(scratch, `${count}-entries.tar`);
  const { status, stderr } = spawnSync(process.execPath, [pathOf('make-entries.mjs'), count, file]);
  if (status !== 0) throw new Error(String(stderr));
  return file;
}

function best(states) {
  return {
    ms: Math.min(...states.map(({ ms }) => ms)),
    bytes: Math.max(...states.map(({ bytes }) => bytes)),
  };
}

function text({ ms, bytes }) {
  return [`${(ms / 1000).toFixed(1)} s`, `${Math.round(bytes / 1e6)} MB`];
}

/** A new browser for each measurement: it gives memory back when it likes. */
async function measure(files) {
  const browser = await chromium.launch({ executablePath: values.browser, args: ['--no-sandbox'] });
  let peak = 0;
  const before = new Set(renderers());
  const timer = setInterval(() => {
    for (const pid of renderers()) if (!before.has(pid)) peak = Math.max(peak, residentBytes(pid));
  }, SAMPLE_MS);
  try {
    const tab = await browser.newPage();
    await tab.goto(page);
    let start = performance.now();
    const state = () => ({ ms: performance.now() - start, bytes: peak });
    await tab.setInputFiles('#files', files);
    if (files.length > 1) {
      const compare = tab.getByRole('button', { name: 'Compare', exact: true });
      await compare.waitFor({ timeout: MOST_MS });
      start = performance.now();
      await compare.click();
    }
    await tab.locator('#report h1').waitFor({ timeout: MOST_MS });
    const shown = state();
    await tab.locator('body:has(.status[hidden])').waitFor({ timeout: MOST_MS });
    const problem = tab.locator('.problem');
    if ((await problem.count()) > 0) throw new Error(await problem.first().textContent());
    return { shown, whole: state() };
  } finally {
    clearInterval(timer);
    await browser.close();
  }
}

/** Returns the processes that browsers run pages in. */
function renderers() {
  return readdirSync('/proc').filter((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      return readFileSync(`/proc/${name}/cmdline`, 'utf8').includes('--type=renderer');
    } catch {
      // The process has ended.
      return false;
    }
  });
}

function residentBytes(pid) {
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Number(kilobytes ?? 0) * 1024;
  } catch {
    return 0;
  }
}
