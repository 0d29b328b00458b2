// Measures `layers report`: the size of the page, the time and memory to write it, and, in Chromium, the time until it can be used
// and what moving the mouse over the picture costs. Needs a build; the last two need Chromium.
//
//     node benchmarks/report-page.mjs [--runs N] [--chromium PATH] ARCHIVE...
//
// Two archives joined by a comma are compared; a folder of `layers fleet scan` is a fleet. Images of many entries: `node benchmarks/make-entries.mjs 1000000 million.tar`.
// Times are the least of all runs, which a busy machine disturbs least; memory is the most of them.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';

const { values, positionals } = parseArgs({
  options: {
    runs: { type: 'string', default: '3' },
    chromium: { type: 'string', default: '/usr/bin/chromium' },
  },
  allowPositionals: true,
});
if (positionals.length === 0) throw new Error('usage: node benchmarks/report-page.mjs [OPTIONS] ARCHIVE...');
const cli =
  process.env.LAYERS_BENCH_CLI ?? fileURLToPath(new URL('../apps/cli/bin/layers.js', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'layers-bench-report-'));
const repeat = (run) => Array.from({ length: Number(values.runs) }, run);

/** Runs the command; returns seconds and the peak of its memory in MB. */
function runReport(archives, file) {
  const script =
    'import json,resource,subprocess,sys,time\nt=time.time()\ns=subprocess.run(sys.argv[1:]).returncode\nprint(json.dumps([s,time.time()-t,resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss/1000]))';
  const args = [process.execPath, cli, 'report', '--no-cache', '--force', '-o', file, ...archives];
  const { stdout, stderr } = spawnSync('python3', ['-c', script, ...args], {
    env: { ...process.env, XDG_CACHE_HOME: join(scratch, 'code') },
    encoding: 'utf8',
  });
  const [status, seconds, megabytes] = JSON.parse(stdout);
  if (status !== 0) throw new Error(`status ${status}\n${stderr}`);
  return { seconds, megabytes };
}

const MOVES = 300;

/** Opens a page; returns seconds until it is shown, frames a second while the mouse moves, and what a move costs. */
async function openPage(browser, file) {
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
  const start = performance.now();
  await page.goto(pathToFileURL(file).href);
  await page.waitForSelector('button.canvas canvas');
  await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
  const seconds = (performance.now() - start) / 1000;
  const canvas = page.locator('button.canvas');
  await canvas.scrollIntoViewIfNeeded();
  const box = await canvas.boundingBox();
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  const taskSeconds = async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'TaskDuration').value;
  };
  await page.evaluate(
    'window.frames_ = []; const next = (t) => { window.frames_.push(t); window.last_ = requestAnimationFrame(next); }; requestAnimationFrame(next)',
  );
  const before = await taskSeconds();
  for (let move = 0; move < MOVES; move++) {
    const at = move / MOVES;
    await page.mouse.move(
      box.x + box.width * (0.02 + 0.96 * at),
      box.y + box.height * (0.5 + 0.45 * Math.sin(at * 40)),
    );
  }
  const cost = ((await taskSeconds()) - before) / MOVES;
  const frames = await page.evaluate('cancelAnimationFrame(window.last_); window.frames_');
  const rate = ((frames.length - 1) * 1000) / (frames.at(-1) - frames[0]);
  await page.close();
  return { seconds, rate, cost: cost * 1000 };
}

const hasBrowser = existsSync(values.chromium);
const browser = hasBrowser
  ? await chromium.launch({ executablePath: values.chromium, args: ['--no-sandbox'] })
  : null;
console.log('| archive | page | time | peak | usable | frames | a move |\n|---|--:|--:|--:|--:|--:|--:|');
try {
  for (const name of positionals) {
    const archives = existsSync(join(name, 'fleet.json')) ? ['--fleet', name] : name.split(',');
    const file = join(scratch, 'report.html');
    const runs = repeat(() => runReport(archives, file));
    const opened = [];
    if (browser !== null) for (const _ of runs) opened.push(await openPage(browser, file));
    const least = (of) => (opened.length === 0 ? Number.NaN : Math.min(...opened.map(of)));
    const cells = [
      archives.map((each) => basename(each, '.tar')).join(' → '),
      `${(statSync(file).size / 1e6).toFixed(2)} MB`,
      `${Math.min(...runs.map(({ seconds }) => seconds)).toFixed(2)} s`,
      `${Math.max(...runs.map(({ megabytes }) => megabytes)).toFixed(0)} MB`,
      `${least(({ seconds }) => seconds).toFixed(2)} s`,
      `${Math.max(...opened.map(({ rate }) => rate)).toFixed(0)}/s`,
      `${least(({ cost }) => cost).toFixed(1)} ms`,
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
} finally {
  await browser?.close();
  rmSync(scratch, { recursive: true, force: true });
}
