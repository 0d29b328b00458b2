// Makes the screenshots and the recorded session of `layers explore` in docs/images/, after a build. They are those of
// the real program on a pseudo-terminal, and the same bytes in each run.
//
//     node scripts/make-screenshots.mjs [FOLDER]

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ansiLines, svgOf } from './screen-svg.mjs';
import { TerminalScreen } from './terminal-screen.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = process.argv[2] ?? join(root, 'docs/images');
const [COLUMNS, ROWS] = [100, 30];
const QUIET_MS = 250;
/** How long the recording shows a screen, and a key of a word that is typed. */
const [SCREEN_SECONDS, KEY_SECONDS] = [1.6, 0.2];

const shows = (text) => (lines) => lines.some((line) => line.includes(text));
/** The titles of the panes say whether rows are being computed. */
const isComplete = (lines) => !/Files .*…/.test(lines[1] ?? '');

/** What is typed, what then is on the screen, and perhaps the name and description of a screenshot. */
const STEPS = [
  { keys: '', shown: '[Layers]' },
  { keys: 'jj', shown: 'after layer 1, its changes' },
  { keys: 'jjj', shown: 'after layer 4, its changes' },
  { keys: 'E', shown: 'home.html' },
  { keys: '\tjjjjjjj', shown: '/var/cache/bramble/templates/home.html' },
  {
    keys: '',
    shown: 'layer 4  - deleted',
    name: 'explore',
    description:
      'Layers with content, wasted bytes and instructions on the left. On the right the files that the last layer deleted or changed. Below, what each layer did to the selected file.',
  },
  { keys: '\r', shown: 'of layer 1' },
  { keys: 'q', shown: '[Files after layer 4' },
  { keys: '[[', shown: '[Files after layer 2, its changes' },
  { keys: '/', shown: '/' },
  { keys: 'bramble.conf', shown: 'found', isTyped: true },
  { keys: '\r', shown: '/etc/bramble/bramble.conf' },
  {
    keys: 'd',
    shown: '+debug = false',
    name: 'explore-difference',
    description: 'The difference of a configuration file and its previous version, in the manner of a patch.',
  },
  { keys: 'q', shown: '[Files after layer 2' },
  { keys: '\x1b', shown: '? help' },
  { keys: '?', shown: 'Keys' },
  { keys: 'q', shown: '[Files after layer 2' },
];

const program = new TerminalScreen(
  process.execPath,
  [join(root, 'apps/cli/bin/layers.js'), 'explore', 'demo.tar'],
  {
    columns: COLUMNS,
    rows: ROWS,
    cwd: join(root, 'examples'),
    env: {
      PATH: process.env.PATH ?? '',
      HOME: '/proc/nonexistent',
      LANG: 'C.UTF-8',
      TERM: 'xterm-256color',
      LAYERS_STORE: '/proc/nonexistent/store',
    },
  },
);
mkdirSync(folder, { recursive: true });

const title = 'layers explore demo.tar';
const events = [];
let seconds = 0;
let before = [];

/** Adds the lines that changed: what the program itself writes depends on how fast it is. */
function record(cells, duration) {
  const lines = ansiLines(cells);
  const changed = lines.flatMap((line, row) => (line === before[row] ? [] : [`\x1b[${row + 1};1H${line}`]));
  if (changed.length > 0) events.push([seconds, 'o', changed.join('')]);
  before = lines;
  seconds = Math.round((seconds + duration) * 1000) / 1000;
}

async function settled(shown) {
  for (;;) {
    await program.until((lines) => shows(shown)(lines) && isComplete(lines), shown);
    const count = program.output.length;
    await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
    if (program.output.length === count) return;
  }
}

try {
  for (const { keys, shown, name, description, isTyped = false } of STEPS) {
    const parts = isTyped ? [...keys] : [keys];
    for (const [i, part] of parts.entries()) {
      program.type(part);
      // A program that waits for the processor has written nothing yet, and what it writes later would be one change.
      if (isTyped) await settled(keys.slice(0, i + 1));
      if (i === parts.length - 1) await settled(shown);
      record(program.cells(), i === parts.length - 1 ? SCREEN_SECONDS : KEY_SECONDS);
    }
    if (name !== undefined)
      writeFileSync(join(folder, `${name}.svg`), svgOf(program.cells(), { title, description }));
  }
  const header = { version: 2, width: COLUMNS, height: ROWS, title, env: { TERM: 'xterm-256color' } };
  const start = [0, 'o', '\x1b[?25l\x1b[2J'];
  const end = [seconds, 'o', '\x1b[0m\x1b[2J\x1b[H\x1b[?25h'];
  const lines = [header, start, ...events, end].map((line) => JSON.stringify(line));
  writeFileSync(join(folder, 'explore.cast'), `${lines.join('\n')}\n`);
} finally {
  program.kill();
}
