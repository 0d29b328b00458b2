import type { DiffSide } from '@layers/core/diff';
import { escapeForTerminal } from '../../output/escape.js';
import { counted, shortDigest } from '../../output/format.js';
import { platformText } from '../../output/platform-text.js';
import { shortText } from '../../output/short-text.js';
import { table } from '../../output/table.js';
import type { View } from '../../output/view.js';

/** Renders one line for each image. */
export function sideLines(a: DiffSide, b: DiffSide, view: View): Generator<string> {
  const columns = [
    { title: '' },
    { title: '', cut: 'middle', least: 24 },
    { title: '', cut: 'middle', least: 16 },
    { title: '', omit: 2 },
    { title: '' },
    { title: '', omit: 1 },
  ] as const;
  return table(view, columns, [row('A', a, view), row('B', b, view)], { titles: false });
}

function row(label: string, side: DiffSide, view: View) {
  const { source, image, layers, storedBytes } = side;
  const id = image.id === null ? '' : escapeForTerminal(view.truncate ? shortDigest(image.id) : image.id);
  return [
    { text: label, paint: view.colours.bold },
    escapeForTerminal(source.path),
    shortText(image.tags[0] ?? 'untagged'),
    image.platform === null ? '' : platformText(image.platform),
    `${view.bytes(storedBytes)} in ${counted(layers, 'layer')}${upTo(side)}`,
    { text: id, paint: view.colours.dim },
  ];
}

function upTo({ upToLayer }: DiffSide): string {
  if (upToLayer === null) return '';
  return upToLayer < 0 ? ' (none selected)' : ` (up to layer ${upToLayer})`;
}
