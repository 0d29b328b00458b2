// Measures `layers explore` and dive on a pseudo-terminal: time to the first screen and to all rows, from a key to the next
// output, and peak memory. Needs Linux, and a build.
//
//     node benchmarks/explorers.mjs [--only layers|dive] [--runs N] DOCKER_ARCHIVE...

import { readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { TerminalScreen } from '../scripts/terminal-screen.mjs';

const { values, positionals } = parseArgs({
  options: { only: { type: 'string' }, runs: { type: 'string', default: '3' } },
  allowPositionals: true,
});
if (positionals.length === 0)
  throw new Error('usage: node benchmarks/explorers.mjs [--only layers|dive] [--runs N] DOCKER_ARCHIVE...');

const layersBin =
  process.env.LAYERS_BENCH_CLI ?? fileURLToPath(new URL('../apps/cli/bin/layers.js', import.meta.url));
const SCREEN = { columns: 160, rows: 50 };
/** A key without output in this time changes nothing, such as Down in the last row. */
const NO_ANSWER_MS = 20_000;
/** The screen is settled when nothing is written for so long. */
const QUIET_MS = 60;

const TOOLS = {
  layers: {
    start: (file) => [process.execPath, [layersBin, 'explore', file]],
    isOpen: (lines) => lines.some((line) => line.includes('[Layers]')),
    // Before, the layers that are read can be explored.
    isComplete: (lines) =>
      lines.some((line) => line.includes('Files of the image')) &&
      !/Files .*…/.test(lines[1] ?? '') &&
      !/ of \d+ layers? read/.test(lines[0] ?? ''),
    // As dive, which shows all directories expanded.
    prepare: 'E',
    quit: 'q',
  },
  dive: {
    start: (file) => ['dive', [`docker-archive://${file}`]],
    isOpen: (lines) => lines.some((line) => line.includes('Current Layer Contents')),
    isComplete: (lines) => lines.some((line) => line.includes('Current Layer Contents')),
    prepare: '',
    quit: '\x03',
  },
};

const DOWN = '\x1b[B';
const UP = '\x1b[A';
const PAGE_DOWN = '\x1b[6~';
const PAGE_UP = '\x1b[5~';

/** Keys that both have, by what they do. */
const KEYS = [
  ...Array.from({ length: 6 }, () => ['layer', DOWN]),
  ...Array.from({ length: 6 }, () => ['layer', UP]),
  ['tab', '\t'],
  ...Array.from({ length: 10 }, () => ['row', DOWN]),
  ...Array.from({ length: 5 }, () => ['row', UP]),
  ['collapse', ' '],
  ['expand', ' '],
  ...Array.from({ length: 10 }, () => ['page', PAGE_DOWN]),
  ...Array.from({ length: 5 }, () => ['page', PAGE_UP]),
  ...Array.from({ length: 10 }, () => ['row', DOWN]),
  ['tab', '\t'],
  ...Array.from({ length: 3 }, () => ['layer', DOWN]),
  ...Array.from({ length: 3 }, () => ['layer', UP]),
];

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function settle(program) {
  for (;;) {
    const { length } = program.output;
    await sleep(QUIET_MS);
    if (program.output.length === length) return;
  }
}

/** Returns milliseconds from a key to the first output after it; null where there is none. */
async function answer(program, key) {
  const { length } = program.output;
  const start = performance.now();
  program.type(key);
  while (program.output.length === length) {
    // What does not change the screen is not answered: the next key is pressed after half a second.
    if (performance.now() - start > (program.isBusy?.() === true ? NO_ANSWER_MS : 500)) return null;
    await new Promise((resolve) => setImmediate(resolve));
  }
  return program.output[length].ms - start;
}

function peakBytes(pid) {
  const [, kilobytes = '0'] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) * 1024;
}

function processorMs(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** Whether a process used the processor since the last call. */
function busyProbe(pid) {
  let before = processorMs(pid);
  return () => {
    const now = processorMs(pid);
    const isBusy = now - before >= 10;
    before = now;
    return isBusy;
  };
}

async function measure(tool, file) {
  const { start, isOpen, isComplete, prepare, quit } = TOOLS[tool];
  const begun = performance.now();
  const env = { ...process.env, TERM: 'xterm-256color', LANG: 'C.UTF-8' };
  const program = new TerminalScreen(...start(file), { ...SCREEN, env });
  program.isBusy = busyProbe(program.pid);
  try {
    await program.until(isOpen, 'the first screen');
    const opened = performance.now() - begun;
    const openedProcessor = processorMs(program.pid);
    await program.until(isComplete, 'all rows');
    const complete = performance.now() - begun;
    await settle(program);
    program.type(prepare);
    await settle(program);
    const startBytes = peakBytes(program.pid);
    const answers = [];
    for (const [kind, key] of KEYS) {
      const ms = await answer(program, key);
      if (ms !== null) answers.push({ kind, ms });
      await settle(program);
    }
    const result = {
      opened,
      openedProcessor,
      complete,
      answers,
      startBytes,
      peakBytes: peakBytes(program.pid),
      processor: processorMs(program.pid),
    };
    program.type(quit);
    await Promise.race([program.ended, sleep(2000)]);
    return result;
  } finally {
    program.kill();
  }
}

const round = (ms) => (ms < 10 ? Math.round(ms * 10) / 10 : Math.round(ms));
const sorted = (list) => list.toSorted((a, b) => a - b);
const part = (list, share) => sorted(list)[Math.min(list.length - 1, Math.floor(list.length * share))] ?? 0;
const megabytes = (bytes) => Math.round(bytes / 1e6);

for (const file of positionals) {
  console.log(`\n${file}: ${megabytes(statSync(file).size)} MB, screen ${SCREEN.columns} x ${SCREEN.rows}`);
  console.log(
    '| | first screen ms | its processor ms | all rows ms | keys | p50 ms | p99 ms | slowest | start MB | peak MB | processor ms |',
  );
  console.log('|---|--:|--:|--:|--:|--:|--:|---|--:|--:|--:|');
  const tools = Object.keys(TOOLS).filter((tool) => values.only === undefined || values.only === tool);
  const runs = new Map(tools.map((tool) => [tool, []]));
  // In turn, so that other work on the machine slows both.
  for (let run = 0; run < Number(values.runs); run++)
    for (const tool of tools) {
      try {
        runs.get(tool)?.push(await measure(tool, file));
      } catch (error) {
        console.log(`| ${tool} | failed: ${error.message.split('\n')[0]} |`);
      }
    }
  for (const [tool, results] of runs) {
    if (results.length === 0) continue;
    const median = (of) => part(results.map(of), 0.5);
    const answers = results.flatMap((result) => result.answers);
    const times = answers.map(({ ms }) => ms);
    const slowest = answers.toSorted((a, b) => b.ms - a.ms)[0];
    console.log(
      `| ${tool} | ${round(median((r) => r.opened))} | ${round(median((r) => r.openedProcessor))} | ${round(median((r) => r.complete))} | ${answers.length} | ${round(part(times, 0.5))} | ${round(part(times, 0.99))} | ${slowest?.kind} ${round(slowest?.ms ?? 0)} | ${megabytes(median((r) => r.startBytes))} | ${megabytes(median((r) => r.peakBytes))} | ${Math.round(median((r) => r.processor))} |`,
    );
  }
}
