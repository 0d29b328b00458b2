import type { InspectDocument } from '@layers/core/analysis';
import type { FailedInput, InspectListDocument } from '../documents/image-sets.js';
import { escapeForTerminal } from '../output/escape.js';
import { percent } from '../output/format.js';
import { platformText } from '../output/platform-text.js';
import { shortText } from '../output/short-text.js';
import { type Cell, table } from '../output/table.js';
import type { View } from '../output/view.js';

/** Returns the bytes that an image wastes, without those of its base where one is given. */
export function ownWasteOf({ base, totals }: InspectDocument): number {
  return base?.ownWastedBytes ?? totals.wastedBytes;
}

/** Renders images, a line each, and the inputs that could not be read. */
export function* renderInspectList(
  { images, failures, skipped }: InspectListDocument,
  view: View,
): Generator<string> {
  const columns = [
    { title: 'wasted', align: 'right' },
    { title: 'efficiency', align: 'right' },
    { title: 'stored', align: 'right' },
    { title: 'root fs', align: 'right', omit: 3 },
    { title: 'layers', align: 'right', omit: 2 },
    { title: 'image', cut: 'middle', least: 12 },
    { title: 'platform', omit: 1 },
    { title: 'archive', cut: 'middle', least: 16 },
  ] as const;
  yield* table(
    view,
    columns,
    images.map((image) => imageRow(image, view)),
  );
  yield* renderFailures(failures, skipped, view);
}

function imageRow(document: InspectDocument, view: View): (Cell | string)[] {
  const { source, image, totals, findings } = document;
  const { efficiency, storedBytes, rootfsBytes, layers } = totals;
  const wastedBytes = ownWasteOf(document);
  const wasted = view.bytes(wastedBytes);
  const isDamaged = findings.some(({ severity }) => severity === 'error');
  return [
    wastedBytes > 0 ? { text: wasted, paint: view.colours.yellow } : wasted,
    percent(efficiency),
    view.bytes(storedBytes),
    view.bytes(rootfsBytes),
    String(layers),
    shortText(image.tags[0] ?? 'untagged'),
    image.platform === null ? '' : platformText(image.platform),
    isDamaged
      ? { text: `${escapeForTerminal(source.path)} (damaged)`, paint: view.colours.red }
      : escapeForTerminal(source.path),
  ];
}

/** Renders what could not be read, and what is not an image. */
export function* renderFailures(
  failures: readonly FailedInput[],
  skipped: readonly string[],
  view: View,
): Generator<string> {
  if (failures.length > 0) {
    yield `\n${view.colours.bold('Not read')}\n`;
    const columns = [
      { title: '', cut: 'middle', least: 16 },
      { title: '', cut: 'end', least: 24 },
    ] as const;
    const rows = failures.map(({ path, code, message }): Cell[] => [
      { text: escapeForTerminal(path), paint: view.colours.red },
      { text: escapeForTerminal(message) + (code === 'ERR_LAYERS_IMAGE_AMBIGUOUS' ? ': add --all' : '') },
    ]);
    yield* table(view, columns, rows, { indent: 1, titles: false });
  }
  if (skipped.length > 0) {
    const names = skipped.map((path) => escapeForTerminal(path)).join(', ');
    yield `\n${view.colours.dim(`not images: ${names}`)}\n`;
  }
}
