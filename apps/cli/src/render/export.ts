import type { ExportDocument } from '../documents/export.js';
import { escapeForTerminal } from '../output/escape.js';
import { counted } from '../output/format.js';
import type { View } from '../output/view.js';

/** Renders the path and the size of the tar. */
export function* renderExport({ output }: ExportDocument, view: View): Generator<string> {
  const path = view.colours.bold(escapeForTerminal(output.path));
  yield `${path}  ${view.bytes(output.sizeBytes)}  ${counted(output.entries, 'path')}\n`;
}
