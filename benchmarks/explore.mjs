// Measures the explorer on an image, without a terminal, after a build: milliseconds of processor time until a key is answered
// by a frame, and until all that it needs is computed; the memory of the process.
//
//     node --expose-gc explore.mjs IMAGE

import { exploredImage } from '../apps/cli/build/explore/explored-image.js';
import { formatOf } from '../apps/cli/build/explore/format.js';
import { viewOf } from '../apps/cli/build/output/view.js';
import { analyse } from '../packages/core/dist/analysis/index.js';
import { changesetOf, openArchive, readImage, selectImage } from '../packages/core/dist/image/index.js';
import { Explorer, frame } from '../packages/explorer/dist/index.js';
import { PathEvents } from '../packages/insight/dist/events/index.js';

const [file] = process.argv.slice(2);
if (file === undefined) throw new Error('usage: node --expose-gc explore.mjs IMAGE');
const [WIDTH, HEIGHT] = [160, 50];
const now = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
/** As the command does between a key and a frame. */
const SLICE_MS = 6;

const start = now();
const archive = await openArchive({ path: file }, {});
const image = await readImage(archive, selectImage(archive, {}), {});
const read = now();
const events = new PathEvents(image.layers.map(changesetOf));
const analysis = analyse(image, events.union);
const merged = now();
const explorer = new Explorer(
  exploredImage({ analysis, events, description: image.description }, 0).image,
  formatOf(viewOf({}, { LANG: 'C.UTF-8' })),
);
frame(explorer, WIDTH, HEIGHT);
const opened = now();
while (!explorer.work(() => false));
const ready = now();

const answers = [];
const slices = [];
const settled = [];
function press(key) {
  const before = now();
  const begun = performance.now();
  explorer.update(key);
  const isOver = () => performance.now() - begun > SLICE_MS;
  let isDone = explorer.work(isOver);
  frame(explorer, WIDTH, HEIGHT);
  answers.push({ key, ms: now() - before });
  while (!isDone) {
    const slice = now();
    const begun = performance.now();
    isDone = explorer.work(() => performance.now() - begun > SLICE_MS);
    frame(explorer, WIDTH, HEIGHT);
    slices.push({ key, ms: now() - slice });
  }
  settled.push({ key, ms: now() - before });
}

const moves = [...'jjjjkj', ...Array(10).fill('pagedown'), 'G', 'pageup', 'k', 'g'];
const script = [
  'tab',
  ...moves,
  'E',
  ...moves,
  's',
  ...moves,
  's',
  ...moves,
  's',
  'C',
  'j',
  'right',
  'right',
  ' ',
  ...moves,
  '[',
  ']',
  '[',
  '[',
  'c',
  ...moves,
  'ctrl-a',
  ...moves,
  'ctrl-l',
  ...moves,
  ']',
  ']',
  ']',
  ']',
  'E',
  ...moves,
  'left',
  'left',
  ' ',
  '/',
  'l',
  'e',
  'x',
  'enter',
  ...Array(10).fill('n'),
  ...Array(5).fill('N'),
  'f',
  ...'*.js >10',
  'enter',
  ...moves,
  'escape',
  ...moves,
  'i',
  'down',
  'q',
  '?',
  'down',
  'q',
];
for (const key of script) press(key);

globalThis.gc?.();
const { rss, heapUsed, external } = process.memoryUsage();
const sorted = (list) => list.toSorted((a, b) => b.ms - a.ms);
const share = (list, part) => sorted(list)[Math.floor(list.length * (1 - part))]?.ms ?? 0;
const round = (ms) => Math.round(ms * 10) / 10;
const worst = (list) =>
  sorted(list)
    .slice(0, 4)
    .map(({ key, ms }) => `${key} ${round(ms)}`)
    .join(', ');
console.log(`entries ${analysis.union.layers.reduce((sum, { count }) => sum + count, 0)}`);
console.log(
  `read ${round(read - start)} ms, merged ${round(merged - read)} ms, first frame ${round(opened - merged)} ms, tree ${round(ready - opened)} ms`,
);
console.log(
  `keys ${answers.length}: answered p50 ${round(share(answers, 0.5))} ms, p99 ${round(share(answers, 0.99))} ms; worst ${worst(answers)}`,
);
console.log(
  `keys while it computes wait for slices: ${slices.length}, p99 ${round(share(slices, 0.99))} ms; worst ${worst(slices)}`,
);
console.log(`settled worst ${worst(settled)}`);
console.log(
  `memory ${Math.round(rss / 1e6)} MB (heap ${Math.round(heapUsed / 1e6)}, arrays ${Math.round(external / 1e6)})`,
);
