import type { DuplicateContent, DuplicatesDocument } from '@layers/insight/duplicates';
import { escapeName } from '../output/escape.js';
import { counted } from '../output/format.js';
import { type Cell, table } from '../output/table.js';
import type { View } from '../output/view.js';
import { findingsSection } from './findings.js';
import { imageHeading } from './image-heading.js';

/** The most paths of one content in a table that is truncated. */
const MOST_PATHS = 5;

/** Renders contents that are stored more than once, with the paths of their copies. */
export function* renderDuplicates(document: DuplicatesDocument, view: View): Generator<string> {
  const { source, image, totals, duplicates, findings } = document;
  const { contents, extraCopies, savableBytes, rootfsBytes } = totals;
  const parts = [
    `${view.bytes(savableBytes)} of ${view.bytes(rootfsBytes)}`,
    `${counted(extraCopies, 'extra copy', 'extra copies')} of ${counted(contents, 'content')}`,
  ];
  yield* imageHeading(source, image, [{ label: 'savable', parts }], view);
  if (contents > 0) {
    yield '\n';
    yield* contentTable(duplicates, view);
  }
  yield* findingsSection(findings, view);
}

function contentTable(duplicates: Iterable<DuplicateContent>, view: View): Generator<string> {
  const columns = [
    { title: 'savable', align: 'right' },
    { title: 'bytes', align: 'right', omit: 1 },
    { title: 'copies', align: 'right' },
    { title: 'layer', align: 'right', omit: 2 },
    { title: 'path', cut: 'middle', least: 24 },
  ] as const;
  const rows = Array.from(duplicates, (content) => contentRows(content, view)).flat();
  return table(view, columns, rows, { indent: 1 });
}

/** Returns a row for each copy; the first has the figures of all. */
function contentRows(
  { savableBytes, sizeBytes, copies, files }: DuplicateContent,
  view: View,
): (Cell | string)[][] {
  const most = view.truncate ? MOST_PATHS : files.length;
  // A line that says "1 more" takes as much room as the path.
  const shown = files.length === most + 1 ? files : files.slice(0, most);
  const rows = shown.map(({ path, pathBase64, layer }, i): (Cell | string)[] => [
    ...(i === 0
      ? [
          { text: view.bytes(savableBytes), paint: view.colours.yellow },
          view.bytes(sizeBytes),
          String(copies),
        ]
      : ['', '', '']),
    String(layer),
    escapeName(path, pathBase64),
  ]);
  const more = files.length - shown.length;
  if (more > 0) rows.push(['', '', '', '', { text: `and ${more} more: --no-trunc or --json shows all` }]);
  return rows;
}
