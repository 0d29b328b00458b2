import { fitLine, type Line, span } from '../lines/line.js';
import { wrapLines } from '../panes/details.js';
import { layersPane } from '../panes/layers-pane.js';
import { paneTitle, treePane } from '../panes/tree-pane.js';
import { aboutSelection } from './about.js';
import type { Explorer } from './explorer.js';

/** Narrower screens show one pane at a time. */
const TWO_PANES_FROM = 64;
const HINTS =
  '? help  q quit  Tab panes  / search  f filter  s sort  c changes  Enter view  w write  x extract';
const TEXT_HINTS = 'q back  / search  n next  x hexadecimal  arrows scroll';

/** Returns the lines of a screen, each of exactly `width` columns. Scrolls so that the selection is visible. */
export function frame(explorer: Explorer, width: number, height: number): Line[] {
  explorer.width = width;
  const body = Math.max(1, height - 2);
  const lines = explorer.view === null ? panes(explorer, width, body) : explorer.view.frame(width, body);
  return [titleLine(explorer, width), ...lines, statusLine(explorer, width)].slice(0, Math.max(1, height));
}

function panes(explorer: Explorer, width: number, height: number): Line[] {
  const { format, focus, image, layers, tree } = explorer;
  const details = detailLines(explorer, width, detailRows(height));
  const rows = height - details.length;
  const isWide = width >= TWO_PANES_FROM;
  const left = isWide ? Math.max(28, Math.min(60, Math.floor(width * 0.4))) : width;
  layers.setHeight(rows - 2);
  tree.setHeight(rows - 2);
  const title = treeTitle(explorer);
  if (!isWide) {
    const shown =
      focus === 'layers'
        ? layersPane(image, layers, width, rows, true, format)
        : treePane(tree, title, width, rows, true, format);
    return [...shown, ...details];
  }
  const right = width - left - 1;
  const [a, b] = [
    layersPane(image, layers, left, rows, focus === 'layers', format),
    treePane(tree, title, right, rows, focus === 'tree', format),
  ];
  const border = span(format.unicode ? '│' : '|', 'dim');
  return [...a.map((line, i) => [...line, border, ...(b[i] ?? [])]), ...details];
}

/** Returns the rows for details below the panes. */
function detailRows(height: number): number {
  if (height >= 34) return 9;
  if (height >= 20) return 6;
  return height >= 13 ? 3 : 0;
}

function detailLines(explorer: Explorer, width: number, rows: number): Line[] {
  if (rows === 0) return [];
  const { format, focus } = explorer;
  const lines = wrapLines(
    aboutSelection(explorer, { lines: rows, characters: width * rows }),
    width - 2,
    format,
  );
  const isCut = lines.length > rows - 1;
  const more = isCut ? ` - ${focus === 'tree' ? 'i' : 'Enter'} shows all` : '';
  return [
    paneTitle(`Details${more}`, false, width, format),
    ...Array.from({ length: rows - 1 }, (_, i) => fitLine([span(` ${lines[i] ?? ''}`)], width, format)),
  ];
}

function treeTitle({ layers, tree, format }: Explorer): string {
  const { from, to, marks } = layers.range;
  const { filter, request, changesOnly, isWorking } = tree;
  const parts: string[] = [];
  if (!marks) parts.push('of the image');
  else if (from === to) parts.push(`after layer ${to}${changesOnly ? ', its changes' : ''}`);
  else parts.push(`after layer ${to}, ${changesOnly ? 'changes' : 'marks'} since layer ${from}`);
  if (request.sort !== 'size') parts.push(`by ${request.sort}`);
  if (filter.text !== '') parts.push(`filter ${format.text(filter.text)}`);
  if (tree.tree !== null && request.filter !== tree.tree.request.filter) parts.push('…');
  else if (tree.tree !== null && filter.text !== '') parts.push(`${tree.tree.totals.selectedCount} paths`);
  if (isWorking) parts.push(format.unicode ? '…' : '...');
  return parts.join('  ');
}

function titleLine({ image, view, format, busy }: Explorer, width: number): Line {
  if (busy !== null) return fitLine([span(` ${busy}`, 'title')], width, format);
  if (view !== null) {
    const text = format.cutMiddle(view.title, Math.max(8, width - 30));
    return fitLine(
      [span(` ${text}  ${view.position()}${view.isHex ? '  hexadecimal' : ''}`, 'title')],
      width,
      format,
    );
  }
  const name = format.text(image.title.slice(0, 4 * width));
  const facts = [
    `${format.bytes(image.rootfsBytes)} in ${counted(image.files, 'file')}`,
    counted(image.layers.length, 'layer'),
    `wasted ${format.bytes(image.wastedBytes)}`,
    `efficiency ${format.share(image.efficiency)}`,
  ];
  // The name is more important than the last facts.
  const least = Math.min(format.width(name), Math.floor(width / 2));
  while (facts.length > 1 && format.width(facts.join(', ')) + least + 4 > width) facts.pop();
  const shown = facts.join(', ');
  const room = width - format.width(shown) - 4;
  const text = room < 12 ? ` ${name}` : ` ${format.cutEnd(name, room)}  ${shown}`;
  return fitLine([span(text, 'title')], width, format);
}

function statusLine({ format, prompt, message, tree, view, busy }: Explorer, width: number): Line {
  if (prompt !== null) {
    const { found } = tree;
    const [before, after] = prompt.parts.map(format.text);
    const [at = ' ', ...rest] = [...(after ?? '')];
    const count = prompt.label === '/' && view === null && found !== null ? `   ${found.count} found` : '';
    const note = message === null ? count : `   ${message.text}`;
    // The end of what is typed stays visible.
    const shown = `${prompt.label}${before ?? ''}`;
    const room = Math.max(1, width - 2 - format.width(note));
    const start = format.width(shown) <= room ? shown : [...shown].slice(-room).join('');
    return fitLine(
      [span(start), span(at, 'selected'), span(rest.join('')), span(note, 'dim')],
      width,
      format,
    );
  }
  if (message !== null)
    return fitLine([span(message.text, message.isError ? 'error' : 'bold')], width, format);
  if (busy !== null) return fitLine([span('q cancels', 'dim')], width, format);
  const { found } = tree;
  if (view === null && found !== null)
    return fitLine([span(`${foundText(found)}  n next  N previous  Esc ends`, 'dim')], width, format);
  return fitLine([span(view === null ? HINTS : TEXT_HINTS, 'dim')], width, format);

  function foundText({ word, count, position }: NonNullable<typeof found>): string {
    const text = format.text(word);
    return count === 0 ? `${text}: no match` : `${text}: ${position} of ${count}`;
  }
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
