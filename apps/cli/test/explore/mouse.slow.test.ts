import { join } from 'node:path';
import { examples } from '@layers/testing/command';
import { explore, shows, walk } from '@layers/testing/explorer-program';
import { expect, it } from 'vitest';

const demo = join(examples, 'demo.tar');
const press = (button: number, column: number, row: number): string =>
  `\x1b[<${button};${column + 1};${row + 1}M`;
const click = (column: number, row: number): string =>
  `${press(0, column, row)}${press(0, column, row).replace('M', 'm')}`;

it('selects, expands and scrolls with the mouse, and turns it off at the end', async () => {
  const program = await explore(demo);
  expect(program.written()).toContain('\x1b[?1000h\x1b[?1006h');
  await walk(program, [[click(10, 6), 'Files after layer 2']]);
  const row = program.screen().findIndex((line) => line.includes('▸ etc/'));
  const column = program.screen()[row]?.indexOf('▸') ?? -1;
  await walk(program, [
    [click(column, row), '▾ etc/'],
    ['E', '▾ bramble/'],
    // A report in two pieces, and keys around it.
    ['j\x1b[<65;6', 'Files after layer 2'],
    [`0;5Mk`, '[Files'],
    [press(65, 5, 5).repeat(50), 'Files after layer'],
    ['?', 'expand or collapse all directories'],
    [press(65, 5, 5), ' Keys  4-'],
  ]);
  program.type('qq');
  expect(await program.ended).toBe(0);
  expect(program.written()).toMatch(/\x1b\[\?1006l\x1b\[\?1000l\x1b\[0m\x1b\[\?7h\x1b\[\?25h\x1b\[\?1049l$/);
});

it('chooses an image of a list with a double click', async () => {
  const program = await explore(join(examples, 'two-images.tar'), {}, '> #1');
  program.type(click(4, 3));
  await program.until(shows('> #2'), 'the second image');
  program.type(click(5, 3) + click(5, 3));
  await program.until(shows('[Layers]'), 'the explorer');
  expect(program.screen()[0]).toContain('bramble-worker:2.0');
});

it('leaves the mouse to the terminal with --no-mouse', async () => {
  const program = await explore(['--no-mouse', demo]);
  program.type('q');
  expect(await program.ended).toBe(0);
  expect(program.written()).not.toContain('\x1b[?1000');
});

it('turns the mouse off when it is ended by a signal', async () => {
  const killed = await explore(demo);
  process.kill(killed.pid, 'SIGHUP');
  expect(await killed.ended).toBe(129);
  expect(killed.written()).toContain('\x1b[?1006l\x1b[?1000l');
});
