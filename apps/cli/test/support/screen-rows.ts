import type { ScreenRow } from './expected-rows.ts';

const BORDER = '│';
/** Where the columns of the files end, from the border on, in a pane that is wide enough for all. */
const COLUMNS = { size: 13, share: 21, mode: 33, owner: 45, name: 47 } as const;
const INDENT = 2;

/** Returns the rows of the files on a wide screen, in their order. */
export function rowsOfScreen(screen: readonly string[]): ScreenRow[] {
  const rows: ScreenRow[] = [];
  const directories: string[] = [];
  const end = screen.findIndex((line) => line.startsWith(' Details'));
  // Sizes take more columns where there are deleted files among others.
  const titles = screen[2] ?? '';
  const sizeEnd = titles.lastIndexOf('Size') + 'Size'.length - titles.indexOf(BORDER);
  const wider = sizeEnd - COLUMNS.size;
  for (const line of screen.slice(3, end)) {
    const row = line.slice(line.indexOf(BORDER));
    const cells = row.slice(0, 3) + row.slice(3 + wider);
    const cell = (start: number, stop: number): string => cells.slice(start, stop).trim();
    const rest = cells.slice(COLUMNS.name);
    if (rest.trim() === '') continue;
    const spaces = rest.length - rest.trimStart().length;
    const isDirectory = /^ *[▾▸] /.test(rest);
    const depth = spaces / INDENT - (isDirectory ? 0 : 1);
    const [name = '', target = ''] = rest
      .trim()
      .replace(/^[▾▸] /, '')
      .split(' -> ');
    // A screen that is being drawn may have rows of two views.
    directories.length = Math.max(0, Math.floor(depth));
    const plain = isDirectory ? name.replace(/\/$/, '') : name;
    rows.push({
      path: ['', ...directories, plain].join('/'),
      sign: cells.charAt(2),
      size: row.slice(3, sizeEnd).trim(),
      share: cell(COLUMNS.size, COLUMNS.share),
      mode: cell(COLUMNS.share, COLUMNS.mode),
      owner: cell(COLUMNS.mode, COLUMNS.owner),
      target,
    });
    // Below a file there may be what was in a directory of this name.
    directories.push(plain);
  }
  return rows;
}
