import type { Explorer } from '@layers/explorer';
import { describe, expect, it } from 'vitest';
import { explorerOf, press, screen } from '../support/explored.ts';

const file = (path: string, bytes: number) => ({ path, data: Buffer.alloc(bytes, 'text\n') });
const directory = (path: string) => ({ path, type: 'directory' as const });

const STACK = [
  [directory('etc/'), file('etc/passwd', 100), directory('srv/'), file('srv/page', 50)],
  [file('etc/passwd', 120)],
];

/** Returns the position of a text on the screen. */
function placeOf(lines: readonly string[], text: string): { readonly column: number; readonly row: number } {
  const row = lines.findIndex((line) => line.includes(text));
  return { row, column: lines[row]?.indexOf(text) ?? -1 };
}

function click(explorer: Explorer, text: string, kind: 'click' | 'double-click' = 'click') {
  const effect = explorer.mouse({ kind, ...placeOf(screen(explorer, 80, 20), text) });
  press(explorer, []);
  while (!explorer.work(() => true));
  return effect;
}

/** Returns the selected rows: of the layers, and of the files. */
function cursors(explorer: Explorer): string[] {
  const panes = screen(explorer, 80, 20).map((line) => line.split('|'));
  return [0, 1].map((pane) => panes.find((line) => line[pane]?.startsWith('>'))?.[pane] ?? '');
}

describe('a click', () => {
  it('selects a row of either pane, and gives the pane the keys', async () => {
    const explorer = await explorerOf(STACK);
    click(explorer, 'RUN step 0');
    expect(cursors(explorer)[0]).toContain('RUN step 0');
    expect(screen(explorer, 80, 20)[1]).toContain('Files after layer 0');
    click(explorer, 'srv/');
    expect(explorer.panes.focus).toBe('tree');
    expect(cursors(explorer)[1]).toContain('srv/');
    click(explorer, 'Content');
    expect(explorer.panes.focus).toBe('layers');
    expect(cursors(explorer)[0]).toContain('RUN step 0');
  });

  it('expands a directory at its arrow, or twice on its name; opens a file', async () => {
    const explorer = await explorerOf(STACK);
    click(explorer, '> etc/');
    expect(screen(explorer, 80, 20).join('\n')).toContain('v etc/');
    click(explorer, 'passwd');
    expect(screen(explorer, 80, 20).join('\n')).toContain('v etc/');
    expect(click(explorer, 'passwd', 'double-click')).toMatchObject({ kind: 'view', place: { layer: 1 } });
    click(explorer, 'etc/');
    click(explorer, 'etc/', 'double-click');
    expect(screen(explorer, 80, 20).join('\n')).toContain('> etc/');
  });

  it('does nothing on the border, the details, below the rows, or while a line is typed', async () => {
    const explorer = await explorerOf(STACK);
    const before = screen(explorer, 80, 20);
    for (const row of [0, 12, 15, 19, 25]) explorer.mouse({ kind: 'click', column: 2, row });
    explorer.mouse({ kind: 'click', column: 32, row: 4 });
    explorer.mouse({ kind: 'click', column: 500, row: 4 });
    expect(screen(explorer, 80, 20)).toEqual(before);
    press(explorer, ['f']);
    click(explorer, 'RUN step 0');
    expect(explorer.question).not.toBe(null);
    expect(explorer.panes.layers.row).toBe(0);
  });

  it('reaches the only pane of a narrow screen', async () => {
    const explorer = await explorerOf(STACK);
    const lines = screen(explorer, 40, 10);
    explorer.mouse({ kind: 'click', ...placeOf(lines, 'RUN step 1') });
    expect(explorer.panes.layers.layer).toBe(1);
    press(explorer, ['tab']);
    explorer.mouse({ kind: 'click', ...placeOf(screen(explorer, 40, 10), '> etc/') });
    press(explorer, []);
    while (!explorer.work(() => true));
    expect(screen(explorer, 40, 10).join('\n')).toContain('passwd');
  });
});

describe('the wheel', () => {
  it('scrolls the pane under it, and keeps the selection where it stays visible', async () => {
    const layers = Array.from({ length: 40 }, (_, i) => [file(`f${String(i).padStart(2, '0')}`, 100 - i)]);
    const explorer = await explorerOf(layers);
    press(explorer, ['tab', 'j', 'j', 'j', 'j']);
    const wheel = (kind: 'wheel-up' | 'wheel-down', column: number) => {
      screen(explorer, 80, 20);
      explorer.mouse({ kind, column, row: 5 });
      while (!explorer.work(() => true));
      return screen(explorer, 80, 20);
    };
    expect(wheel('wheel-down', 60)[3]).toContain('f03');
    expect(cursors(explorer)[1]).toContain('f04');
    expect(wheel('wheel-down', 60)[3]).toContain('f06');
    expect(cursors(explorer)[1]).toContain('f06');
    expect(wheel('wheel-up', 60)[3]).toContain('f03');
    expect(cursors(explorer)[1]).toContain('f06');
    expect(explorer.panes.focus).toBe('tree');
    expect(wheel('wheel-down', 3)[1]).toContain('after layer 2');
    expect(wheel('wheel-up', 3)[1]).toContain('after layer 2');
    for (let i = 0; i < 30; i++) wheel('wheel-down', 60);
    expect(cursors(explorer)[1]).toContain('f02');
  });

  it('scrolls a text', async () => {
    const explorer = await explorerOf(STACK);
    explorer.showText('text', Buffer.from(Array.from({ length: 50 }, (_, i) => `line ${i}`).join('\n')));
    screen(explorer, 80, 20);
    explorer.mouse({ kind: 'wheel-down', column: 1, row: 5 });
    expect(screen(explorer, 80, 20)[1]).toBe(' line 3');
    explorer.mouse({ kind: 'click', column: 1, row: 5 });
    explorer.mouse({ kind: 'wheel-up', column: 1, row: 5 });
    explorer.mouse({ kind: 'wheel-up', column: 1, row: 5 });
    expect(screen(explorer, 80, 20)[1]).toBe(' line 0');
  });
});
