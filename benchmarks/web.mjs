// Measures the page of `apps/web` in Chromium: the time until an image is shown and until its contents are read, and the
// memory of the process of the page. Run after a build, with the archives to read:
//
//   node benchmarks/web.mjs FILE...
//
//   --browser  the program to measure (default: /usr/bin/chromium)
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { browser: { type: 'string', default: '/usr/bin/chromium' } },
});
const page = pathToFileURL(fileURLToPath(new URL('../apps/web/dist/index.html', import.meta.url))).href;
const SAMPLE_MS = 50;
const MOST_MS = 600_000;

console.log('| archive | bytes | shown | memory | contents read | memory |');
console.log('|:--|--:|--:|--:|--:|--:|');
for (const file of positionals) {
  const { shown, whole } = await measure(file);
  const cells = [basename(file), statSync(file).size.toLocaleString('en'), ...text(shown), ...text(whole)];
  console.log(`| ${cells.join(' | ')} |`);
}

function text({ ms, bytes }) {
  return [`${(ms / 1000).toFixed(1)} s`, `${Math.round(bytes / 1e6)} MB`];
}

/** A new browser for each archive: it gives memory back when it likes. */
async function measure(file) {
  const browser = await chromium.launch({ executablePath: values.browser, args: ['--no-sandbox'] });
  let peak = 0;
  const before = new Set(renderers());
  const timer = setInterval(() => {
    for (const pid of renderers()) if (!before.has(pid)) peak = Math.max(peak, residentBytes(pid));
  }, SAMPLE_MS);
  try {
    const tab = await browser.newPage();
    await tab.goto(page);
    const start = performance.now();
    const state = () => ({ ms: performance.now() - start, bytes: peak });
    await tab.setInputFiles('#files', file);
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
