// Kills processes at work in a store, and has several at once: node stress.mjs [--kills 200] [--processes 8] [--seconds 60] [--seed N]
// Exits with 0 where no name was lost and the store has no defects.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { checkStore, listImages, loadImages, openStore, pruneStore } from '../../dist/index.js';
import { idOf, imageOf, randomFrom } from './pool.mjs';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '200' },
    processes: { type: 'string', default: '8' },
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    folder: { type: 'string', default: tmpdir() },
  },
});
const seed = Number(values.seed);
const random = randomFrom(seed);
const folder = mkdtempSync(join(values.folder, 'layers-stress-'));
const store = openStore(join(folder, 'store'), { create: true });
const actor = fileURLToPath(new URL('actor.mjs', import.meta.url));

/** The images that each name may have, by their numbers; `null` for none. */
const expected = new Map();

function start(name) {
  const child = spawn(process.execPath, [actor, store.path, name, String(Math.floor(random() * 2 ** 31))], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const started = { child, operations: 0, ready: null, ended: null };
  const lines = createInterface({ input: child.stdout });
  const closed = new Promise((resolve) => lines.on('close', resolve));
  started.ready = new Promise((resolve) => {
    lines.on('line', (text) => {
      // The last line may be truncated.
      let line;
      try {
        line = JSON.parse(text);
      } catch {
        return;
      }
      if (line.ready !== undefined) resolve();
      if (line.failed !== undefined) fail(`${name}: ${line.failed}: ${line.message}`);
      const to = line.number ?? null;
      if (line.begin !== undefined) expected.set(line.tag, [...(expected.get(line.tag) ?? [null]), to]);
      if (line.done !== undefined) {
        expected.set(line.tag, [to]);
        started.operations++;
      }
    });
  });
  started.ended = new Promise((resolve) => child.on('exit', resolve)).then(() => closed);
  return started;
}

let failures = 0;
function fail(message) {
  failures++;
  console.error(`FAILED (seed ${seed}): ${message}`);
}

function checkNames() {
  const ids = new Map(listImages(store).flatMap(({ id, refs }) => refs.map((ref) => [ref, id])));
  for (let i = 0; i < 3; i++)
    if (ids.get(`keep/image:${i}`) !== idOf('keep', i)) fail(`keep/image:${i} is lost`);
  for (const [tag, numbers] of expected) {
    const allowed = numbers.map((number) => (number === null ? undefined : idOf(tag.split('/')[0], number)));
    if (!allowed.includes(ids.get(tag))) fail(`${tag} has ${ids.get(tag)}, not one of ${allowed}`);
  }
}

async function checkAll() {
  checkNames();
  const { isClean, findings } = await checkStore(store);
  if (!isClean) fail(`the store is damaged: ${JSON.stringify(findings)}`);
}

await loadImages(
  store,
  [0, 1, 2].map((number) => imageOf('keep', number, [`keep/image:${number}`])),
);

const kills = Number(values.kills);
let operations = 0;
for (let round = 0; round < kills; round++) {
  // Sometimes another process runs, which must not be disturbed.
  const others = round % 3 === 0 ? [start(`other${round}`)] : [];
  const victim = start(`victim${round}`);
  await victim.ready;
  await wait(random() * 500);
  if (round % 5 === 0) {
    // A stopped process has not ended: its lock may not be broken.
    victim.child.kill('SIGSTOP');
    await wait(random() * 300);
    victim.child.kill('SIGCONT');
    await wait(random() * 50);
  }
  victim.child.kill('SIGKILL');
  await victim.ended;
  if (others.length > 0) await wait(random() * 200);
  for (const other of others) {
    other.child.kill('SIGKILL');
    await other.ended;
  }
  operations += victim.operations;
  checkNames();
  if (round % 20 === 19) await checkAll();
}
await checkAll();
console.log(`${kills} kills, ${operations} operations done before them, ${failures} failures (seed ${seed})`);

const seconds = Number(values.seconds);
if (seconds > 0) {
  const all = Array.from({ length: Number(values.processes) }, (_, i) => start(`process${i}`));
  await Promise.all(all.map(({ ready }) => ready));
  await wait(seconds * 1000);
  for (const { child, ended } of all) {
    child.kill('SIGKILL');
    await ended;
  }
  await checkAll();
  const done = all.map((one) => one.operations);
  console.log(`${all.length} processes, ${seconds} s, operations ${done.join(' ')}, ${failures} failures`);
  if (Math.min(...done) === 0) fail('a process came to nothing');
}

// A lease without a holder file stays until its process would have written one.
if ((await checkStore(store)).partial.some(({ isLive }) => isLive)) await wait(10_500);
await pruneStore(store, { graceSeconds: 0 });
const { unreferenced, partial, isClean } = await checkStore(store);
if (!isClean || unreferenced.length > 0 || partial.length > 0) {
  fail(`garbage is left: ${JSON.stringify({ unreferenced, partial })}`);
}
if (failures === 0) rmSync(folder, { recursive: true });
else console.error(`the store is in ${folder}`);
process.exitCode = failures === 0 ? 0 : 1;
