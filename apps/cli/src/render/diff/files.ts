import type { DiffDocument, FileChange } from '@layers/core/diff';
import { escapeForTerminal } from '../../output/escape.js';
import { counted } from '../../output/format.js';
import { GAP } from '../../output/table-layout.js';
import { truncateMiddle } from '../../output/text-width.js';
import type { View } from '../../output/view.js';
import { type Group, groupChanges } from './groups.js';
import { countParts, countSigns, signedBytes } from './marks.js';
import { fileRow, fileTable, type Instructions, layersAndInstruction, layersText } from './rows.js';
import { note, plainWidth, sectionHead } from './section.js';

/** Indentation of lines below a heading. */
const INDENT = 3;

export interface FilesView {
  /** The number of listed changes. */
  readonly top: number;
  readonly instructions: Instructions;
}

/** Renders the changes of the file system: counts, and the largest changes by directory. Without truncation all changes. */
export function* renderFiles(
  files: Iterable<FileChange>,
  totals: NonNullable<DiffDocument['totals']>,
  { top, instructions }: FilesView,
  view: View,
): Generator<string> {
  const changes = totals.added + totals.removed + totals.changed + totals.renamed;
  if (changes === 0) {
    yield* sectionHead('Files', ['the same'], view);
    return;
  }
  yield* sectionHead('Files', [...countParts(totals, view), signedBytes(totals.deltaBytes, view)], view);
  if (!view.truncate) {
    yield* everyChange(files, instructions, view);
    return;
  }
  const groups = groupChanges(files, { top, folds: changes > top });
  yield* groupLines(groups, instructions, view);
  const more = groups.reduce((sum, group) => sum + group.more, 0);
  if (more > 0) {
    yield note(`${counted(more, 'change')} not listed: --top N lists more, --no-trunc all`, 1, view);
  }
}

/** Renders one line for each change, in order, because there may be millions. */
function* everyChange(
  files: Iterable<FileChange>,
  instructions: Instructions,
  view: View,
): Generator<string> {
  for (const change of files) {
    const layers = layersAndInstruction({ change }, instructions, view);
    const row = fileRow({ change, changes: 1 }, null, layers, view);
    const [mark = '', bytes = '', ...rest] = row.map((cell) => {
      const { text, paint = String } = typeof cell === 'string' ? { text: cell } : cell;
      return text === '' ? '' : paint(text);
    });
    yield ` ${mark}  ${bytes.padStart(8)}  ${rest.filter((text) => text !== '').join('  ')}\n`;
  }
}

/** Renders a heading for each directory with its lines below. A directory with one change is one line. */
function* groupLines(groups: readonly Group[], instructions: Instructions, view: View): Generator<string> {
  const rows = groups.flatMap((group) => {
    const above = isOneLine(group) ? null : group.path;
    return group.items.map((item, i) => {
      const before = group.items[i - 1];
      const isRepeated = before !== undefined && layersText(before) === layersText(item);
      const layers = isRepeated ? layersText(item) : layersAndInstruction(item, instructions, view);
      return fileRow(item, above, layers, view);
    });
  });
  const lines = fileTable(rows, INDENT, view);
  for (const group of groups) {
    const isAlone = isOneLine(group);
    if (!isAlone) yield heading(group, view);
    for (const _ of group.items) {
      const line = lines.next().value ?? '';
      yield isAlone ? line.slice(INDENT - 1) : line;
    }
    if (group.more > 0 && group.items.length > 0) {
      yield note(moreText(group), INDENT, view);
    }
  }
}

function moreText({ more, otherNames }: Group): string {
  const others = more > otherNames ? [`and ${more - otherNames} more`] : [];
  const names = otherNames > 0 ? [`and ${counted(otherNames, 'more hard link')}`] : [];
  return [...others, ...names].join(', ');
}

function isOneLine({ items, more }: Group): boolean {
  return items.length === 1 && more === 0;
}

function heading({ path, sums }: Group, view: View): string {
  const facts = `${countSigns(sums.counts, view)}  ${signedBytes(sums.delta, view)}`;
  const room = Math.max(12, view.width - plainWidth(facts) - GAP - 1);
  const name = truncateMiddle(escapeForTerminal(path), room, view.ellipsis);
  return ` ${view.colours.bold(name)}${' '.repeat(GAP)}${facts}\n`;
}
