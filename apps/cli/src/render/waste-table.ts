import type { WasteItem } from '@layers/core/analysis';
import { escapeName } from '../output/escape.js';
import { counted } from '../output/format.js';
import { type Cell, table } from '../output/table.js';
import type { View } from '../output/view.js';

/** A wasted content, or many of a directory, whose number is in `files`. */
export type WasteLine = WasteItem & { readonly changed?: readonly string[]; readonly files?: number };

/** Renders wasted contents, a row each: size, cause, the layers that stored and removed it, and path. */
export function wasteTable(items: readonly WasteLine[], view: View): Generator<string> {
  const columns = [
    { title: 'bytes', align: 'right' },
    { title: 'cause', cut: 'end', least: 11 },
    { title: 'stored in layer', align: 'right', omit: 2 },
    { title: 'removed in layer', align: 'right', omit: 1 },
    { title: 'path', cut: 'middle', least: 24 },
  ] as const;
  const rows = items.map((item): (Cell | string)[] => [
    { text: view.bytes(item.sizeBytes), paint: view.colours.yellow },
    causeText(item),
    String(item.layer),
    String(item.unreachableFromLayer),
    pathText(item),
  ]);
  return table(view, columns, rows, { indent: 1 });
}

/** `/usr/share/doc/ (250 files)`; without a path, the files that have no line of their own. */
function pathText({ path, pathBase64, files = 1 }: WasteLine): string {
  const name = path === '' ? 'other paths' : escapeName(path, pathBase64);
  return files === 1 ? name : `${name} (${counted(files, 'file')})`;
}

/** Returns the cause with the changed attributes of a rewritten file: `rewritten: mode`. */
function causeText({ cause, changed }: WasteLine): string {
  return changed === undefined || changed.length === 0 ? cause : `${cause}: ${changed.join(', ')}`;
}
