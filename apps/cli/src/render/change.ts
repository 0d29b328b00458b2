import type { RechunkReport } from '@layers/rewrite/change';
import type { ChangeDocument, ChangedImage } from '../documents/change.js';
import { escapeForTerminal } from '../output/escape.js';
import { counted, shortDigest } from '../output/format.js';
import { shortText } from '../output/short-text.js';
import { type Cell, table } from '../output/table.js';
import type { View } from '../output/view.js';

/** Renders the output, written or planned: path, size, and the id and layers of each image. */
export function* renderChange(document: ChangeDocument, view: View): Generator<string> {
  const { output, dryRun, images, sameRootfs } = document;
  const { colours } = view;
  const where = output.path === '-' ? 'standard output' : escapeForTerminal(output.path);
  const compression = output.compression === null ? '' : `, ${output.compression}`;
  yield `${colours.bold(where)}  ${output.format}${compression}  ${view.bytes(output.sizeBytes)}${dryRun ? '  (dry run: nothing is written)' : ''}\n`;
  for (const image of images) yield* imageLines(image, view);
  if (sameRootfs === true) yield `\n${colours.green('checked')}: the root file system is the same\n`;
  if (sameRootfs === false) yield `\n${colours.red('check failed')}: the root file system is different\n`;
}

function* imageLines(image: ChangedImage, view: View): Generator<string> {
  const { colours } = view;
  const { before } = image;
  const name = image.tags.length === 0 ? 'untagged' : image.tags.map((tag) => shortText(tag)).join(', ');
  yield `\n${colours.bold(name)}\n`;
  if (image.id !== null) yield `id      ${escapeForTerminal(image.id)}\n`;
  if (image.manifestDigest !== null) yield `digest  ${escapeForTerminal(image.manifestDigest)}\n`;
  yield `size    ${view.bytes(image.storedBytes)} in ${counted(image.layers.length, 'layer')}, ` +
    `was ${view.bytes(before.storedBytes)} in ${counted(before.layers, 'layer')}\n`;
  if (image.rechunk !== undefined) yield* rechunkLines(image.rechunk, view);
  if (image.layers.length === 0) return;
  yield '\n';
  const rows = image.layers.map((layer): (Cell | string)[] => [
    String(layer.layer),
    layer.diffId === null ? '?' : escapeForTerminal(digestText(layer.diffId, view)),
    view.bytes(layer.storedBytes),
    layer.kept ? { text: 'kept', paint: colours.dim } : 'new',
  ]);
  const columns = [
    { title: '#', align: 'right' },
    { title: 'diff id' },
    { title: 'stored', align: 'right' },
    { title: '' },
  ] as const;
  yield* table(view, columns, rows, { indent: 1 });
}

const CHOICE: Readonly<Record<RechunkReport['layers'], string>> = {
  new: 'planned anew',
  continued: 'as in the newest earlier version',
  original: 'unchanged: new ones would have transferred more',
};

function* rechunkLines(report: RechunkReport, view: View): Generator<string> {
  const { layers, components, updates, beforeBytes, afterBytes } = report;
  yield `layers  ${CHOICE[layers]}; ${counted(components, 'component')}\n`;
  if (afterBytes === null) return;
  const before = beforeBytes === null ? '' : `, was ${view.bytes(beforeBytes)}`;
  yield `update  ${view.bytes(afterBytes)} of uncompressed layers on average${before} (${counted(updates, 'earlier update')})\n`;
}

function digestText(digest: string, view: View): string {
  return view.truncate ? shortDigest(digest) : digest;
}
