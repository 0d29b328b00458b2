import type { WasteItem } from '@layers/core/analysis';
import { escapeName } from '../output/escape.js';
import { type Cell, table } from '../output/table.js';
import type { View } from '../output/view.js';

type Item = WasteItem & { readonly changed?: readonly string[] };

/** Renders wasted contents, a row each: size, cause, the layers that stored and removed it, and path. */
export function wasteTable(items: readonly Item[], view: View): Generator<string> {
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
    escapeName(item.path, item.pathBase64),
  ]);
  return table(view, columns, rows, { indent: 1 });
}

/** Returns the cause with the changed attributes of a rewritten file: `rewritten: mode`. */
function causeText({ cause, changed }: Item): string {
  return changed === undefined || changed.length === 0 ? cause : `${cause}: ${changed.join(', ')}`;
}
