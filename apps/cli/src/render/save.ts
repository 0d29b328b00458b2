import type { SaveDocument, SavedImage } from '../documents/save.js';
import { escapeForTerminal } from '../output/escape.js';
import { counted, shortDigest } from '../output/format.js';
import type { View } from '../output/view.js';

/** Renders the output and its size, and a line for each image. */
export function* renderSave({ output, images }: SaveDocument, view: View): Generator<string> {
  const where = escapeForTerminal(output.path);
  const compression = output.compression === null ? '' : `, ${output.compression}`;
  // An image in a registry has no format of files.
  const format = output.path.startsWith('docker://') ? '' : `  ${output.format}${compression}`;
  yield `${view.colours.bold(where)}${format}  ${view.bytes(output.sizeBytes)}\n`;
  for (const image of images) yield* imageLines(image, view);
}

function* imageLines({ id, tags, layers, storedBytes }: SavedImage, view: View): Generator<string> {
  const facts = `${shortDigest(id)}  ${view.bytes(storedBytes)} in ${counted(layers, 'layer')}`;
  const names = tags.length === 0 ? ['<none>'] : tags.map(escapeForTerminal);
  for (const name of names) yield `${name}  ${view.colours.dim(facts)}\n`;
}
