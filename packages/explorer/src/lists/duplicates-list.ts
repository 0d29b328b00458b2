import type { DuplicateContent, DuplicateFile, DuplicatesDocument } from '@layers/insight/duplicates';
import { counted } from '../lines/counted.js';
import { exactBytes } from '../lines/exact-bytes.js';
import type { Format } from '../lines/format.js';
import { isGroup, type ListSource } from '../list/list-source.js';
import { STEP } from '../tree/changes.js';
import type { PathIndex } from '../tree/path-index.js';
import { Forest } from './forest.js';
import { byName, bySize, nodeOfPath, rowPath } from './row-text.js';

const COLUMNS: ListSource['columns'] = [
  { title: 'Savable', width: 9, align: 'right', from: 0 },
  { title: 'Size', width: 9, align: 'right', from: 60 },
  { title: 'Copies', width: 6, align: 'right', from: 40 },
  { title: 'Layer', width: 5, align: 'right', from: 50 },
  { title: 'Path', width: 1, grows: true, from: 0, cut: 'middle' },
];

/** Makes the rows of contents that are stored more than once, each with its copies. Yields often. */
export function* duplicatesList(
  { duplicates, totals }: DuplicatesDocument,
  index: PathIndex,
  format: Format,
): Generator<undefined, ListSource> {
  const contents: DuplicateContent[] = [];
  const files: DuplicateFile[] = [];
  const forest = new Forest();
  for (const content of duplicates) {
    forest.open(contents.push(content) - 1, content.savableBytes);
    for (const file of content.files) {
      if (forest.count % STEP === 0) yield;
      forest.add(files.push(file) - 1, content.sizeBytes);
    }
    forest.close();
  }
  const contentOf = (row: number): DuplicateContent | undefined => {
    return contents[forest.itemOf(isGroup(forest, row) ? row : forest.parentOf(row))];
  };
  const fileOf = (row: number): DuplicateFile | undefined => {
    return isGroup(forest, row) ? contentOf(row)?.files[0] : files[forest.itemOf(row)];
  };
  const bytesOf = (row: number): number => forest.bytesOf(row);
  const textOf = (row: number): string => fileOf(row)?.path ?? '';
  const copies = totals.extraCopies === 1 ? '1 extra copy' : `${totals.extraCopies} extra copies`;
  return {
    title: `Duplicates  savable ${format.bytes(totals.savableBytes)} of ${format.bytes(totals.rootfsBytes)}  ${copies} of ${counted(totals.contents, 'content')}`,
    empty: 'no two paths of the final file system have the same content; W shows what is stored again',
    columns: COLUMNS,
    nameColumn: 4,
    count: forest.count,
    orders: [{ name: 'savable bytes', keyOf: null }, bySize(bytesOf), byName(textOf)],
    endOf: (row) => forest.endOf(row),
    parentOf: (row) => forest.parentOf(row),
    cells(row) {
      const [content, file] = [contentOf(row), fileOf(row)];
      if (content === undefined || file === undefined) return [];
      if (!isGroup(forest, row)) {
        const links = file.names > 1 ? `  (${file.names} hard links)` : '';
        return ['', '', '', String(file.layer), rowPath(file, format) + links];
      }
      return [
        format.bytes(content.savableBytes),
        format.bytes(content.sizeBytes),
        String(content.copies),
        '',
        rowPath(file, format),
      ];
    },
    styleOf: () => 'plain',
    textOf,
    bytesOf,
    isOfLayer: (row, layer) => fileOf(row)?.layer === layer,
    about(row) {
      const content = contentOf(row);
      if (content === undefined) return [];
      return [
        `savable  ${exactBytes(content.savableBytes, format)}`,
        `size     ${exactBytes(content.sizeBytes, format)} in each of ${content.copies} copies`,
        ...content.files.map((file) => `layer ${file.layer}  ${rowPath(file, format)}`),
      ];
    },
    targetOf(row) {
      const file = isGroup(forest, row) ? undefined : fileOf(row);
      if (file === undefined) return null;
      return { layer: file.layer, node: nodeOfPath(index, file), endedBy: null, ending: '' };
    },
  };
}
