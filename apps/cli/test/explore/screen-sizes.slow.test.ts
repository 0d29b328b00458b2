import { join } from 'node:path';
import { command, examples } from '@layers/testing/command';
import { explore, killAtEnd, shows, walk } from '@layers/testing/explorer-program';
import { onTerminal, type PtyProgram } from '@layers/testing/pty';
import { describe, expect, it } from 'vitest';

const demo = join(examples, 'demo.tar');

/** What can be on the screen: the keys that show it, and what its first and last line begin with. */
const SCREENS: readonly {
  readonly name: string;
  readonly steps: readonly (readonly [keys: string, shown: string])[];
  readonly title: RegExp;
  readonly status: RegExp;
}[] = [
  { name: 'the layers', steps: [['jj', 'after layer 1']], title: /^ bramble/, status: /^\? help/ },
  { name: 'the files', steps: [['\tE', '▾ srv/']], title: /^ bramble/, status: /^\? help/ },
  { name: 'a question', steps: [['fsrv', 'filter: srv']], title: /^ bramble/, status: /^filter: / },
  { name: 'a search', steps: [['/srv', 'found']], title: /^ bramble/, status: /^\/srv/ },
  {
    name: 'a file',
    steps: [
      ['/motd', 'found'],
      ['\r', 'motd'],
      ['\r', 'of layer'],
    ],
    title: /^ \/et/,
    status: /^\? help {2}q back/,
  },
  {
    name: 'a file in hexadecimal',
    steps: [
      ['/motd', 'found'],
      ['\r', 'motd'],
      ['\r', 'of layer'],
      ['x', '00000000'],
    ],
    title: /^ \/et/,
    status: /^\? help {2}q back/,
  },
  { name: 'the help', steps: [['?', 'Keys']], title: /^ Keys/, status: /^\? help {2}q back/ },
  { name: 'a layer', steps: [['jj\r', 'diff id']], title: /^ Layer 1/, status: /^\? help {2}q back/ },
  { name: 'the image', steps: [['I', 'workdir']], title: /^ Image/, status: /^\? help {2}q back/ },
];

type Size = readonly [columns: number, rows: number];

const SIZES: readonly Size[] = [
  [40, 10],
  [10, 3],
  [1, 1],
  [200, 60],
  [64, 13],
  [100, 30],
];

/** Waits until a screen of this size is shown, and no lines of another. */
function untilSized(
  program: PtyProgram,
  [columns, rows]: Size,
  title: RegExp,
  status: RegExp,
): Promise<void> {
  // A narrow screen shows the start of what a wide one does.
  const matches = (line: string, pattern: RegExp): boolean => columns < 40 || pattern.test(line);
  return program.until(
    (screen) =>
      screen.length === rows &&
      matches(screen[0] ?? '', title) &&
      (rows < 3 || matches(screen.at(-1) ?? '', status)) &&
      screen.every((line) => line.length <= columns) &&
      (columns < 10 || (screen[0] ?? '').trim() !== ''),
    `${columns} x ${rows}`,
  );
}

describe.each(SCREENS)('$name', ({ steps, title, status }) => {
  it('follows the size of the terminal', async () => {
    const program = await explore(demo);
    await walk(program, steps);
    for (const size of SIZES) {
      program.resize(...size);
      await untilSized(program, size, title, status);
    }
    const shown = program.screen();
    // As on a terminal that had this size from the start.
    const other = await explore(demo);
    await walk(other, steps);
    await untilSized(other, [100, 30], title, status);
    expect(shown).toEqual(other.screen());
    program.type('\x03');
    expect(await program.ended).toBe(130);
    expect(program.hasScreen()).toBe(false);
  });
});

describe('a small terminal', () => {
  it.each([
    [40, 10],
    [10, 3],
    [1, 1],
  ])('of %i x %i is enough for all keys', async (columns, rows) => {
    const program = onTerminal(process.execPath, [command, 'explore', demo], { columns, rows });
    killAtEnd(program);
    await program.until(() => program.hasScreen(), 'the screen');
    const keys = 'jjk\tEjjGgscsss/srv\rnNfsrv\r\x1b?jjq\x1b?q\tjj\rq[]m]m\x01\x0cIjq';
    for (const key of keys) {
      program.type(key);
      await new Promise((resolve) => setTimeout(resolve, key === '\x1b' ? 800 : 15));
    }
    program.resize(100, 30);
    await program.until(
      (screen) => shows('Details')(screen) && shows('Files after layer')(screen),
      'the explorer',
    );
    program.type('q');
    expect(await program.ended).toBe(0);
  });

  it('shows the progress while an image is read, and the list of images', async () => {
    const loading = onTerminal('bash', ['-c', `sleep 20 | ${process.execPath} ${command} explore -`]);
    killAtEnd(loading);
    await loading.until(shows('Reading the image'), 'the progress');
    const list = await explore(join(examples, 'two-images.tar'), {}, '> #1');
    for (const size of SIZES) {
      loading.resize(...size);
      list.resize(...size);
      await untilSized(loading, size, /^ -/, /^q quits/);
      await untilSized(list, size, /^ .*two|^ …|^ /, /./);
    }
    expect(loading.screen()[2]).toContain('Reading the image');
    expect(list.screen().join('\n')).toContain('> #1');
    // No line was cut in the middle of an escape sequence.
    expect(list.written().replace(/\x1b\[\??[\d;]*[HhlJm]/g, '')).not.toContain('\x1b');
  });
});
