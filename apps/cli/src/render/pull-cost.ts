import type { PullCostDocument, PulledImage, PulledLayer, PullUpdate } from '@layers/insight/pull-cost';
import { counted } from '../output/format.js';
import { shortText } from '../output/short-text.js';
import { type Cell, table } from '../output/table.js';
import type { View } from '../output/view.js';
import { findingsSection } from './findings.js';
import { instructionCell } from './instruction.js';

/** Renders what each update transfers, with the layers of the new image. */
export function* renderPullCost({ updates, findings }: PullCostDocument, view: View): Generator<string> {
  for (const [i, update] of updates.entries()) {
    if (i > 0) yield '\n';
    yield* renderUpdate(update, view);
  }
  yield* findingsSection(findings, view);
}

function* renderUpdate({ a, b, totals, layers }: PullUpdate, view: View): Generator<string> {
  yield `${view.colours.bold(`${nameOf(a)} → ${nameOf(b)}`)}\n`.replace('→', view.unicode ? '→' : '->');
  const about = totals.isEstimated ? 'about ' : '';
  const rows: [string, string][] = [
    [
      'fetch',
      `${about}${view.bytes(totals.fetchedBytes)} of ${view.bytes(totals.layerBytes)} in ${counted(totals.fetchedLayers, 'layer')} of ${layers.length}`,
    ],
  ];
  if (totals.documentBytes > 0) rows.push(['', `${view.bytes(totals.documentBytes)} of manifest and config`]);
  if (totals.dockerBytes !== totals.fetchedBytes) {
    rows.push([
      'docker',
      `${about}${view.bytes(totals.dockerBytes)} with its own storage: all above the first change`,
    ]);
  }
  if (totals.newContentBytes !== null && totals.newFileBytes !== null) {
    const text = `about ${view.bytes(totals.newFileBytes)} with zstd:chunked: ${view.bytes(totals.newContentBytes)} of new contents`;
    rows.push(['files', text]);
  }
  if (totals.isEstimated) rows.push(['', 'sizes of uncompressed layers: a registry has them smaller']);
  const plain = rows.map(([label, text]): (Cell | string)[] => [
    { text: label, paint: view.colours.dim },
    text,
  ]);
  yield* table(view, [{ title: '' }, { title: '', cut: 'end' }], plain, { titles: false });
  yield '\n';
  const hasContents = layers.some(({ newContentBytes }) => newContentBytes !== null);
  const columns = [
    { title: '#', align: 'right' },
    { title: 'state' },
    { title: 'fetch', align: 'right' },
    // Layers of a registry are not read.
    ...(hasContents ? [{ title: 'new files', align: 'right', omit: 1 } as const] : []),
    { title: 'instruction', cut: 'end', least: 24 },
    { title: 'hint', cut: 'end', least: 16, omit: 2 },
  ] as const;
  yield* table(
    view,
    columns,
    layers.map((layer) => layerRow(layer, hasContents, view)),
    { indent: 1 },
  );
}

function layerRow(layer: PulledLayer, hasContents: boolean, view: View): (Cell | string)[] {
  const { state, bytes, isEstimated, newContentBytes, instruction } = layer;
  const isFetched = state === 'fetched';
  const { dim, yellow } = view.colours;
  const size = bytes === null ? '?' : `${isEstimated ? '~' : ''}${view.bytes(bytes)}`;
  return [
    String(layer.layer),
    { text: state, paint: isFetched ? yellow : dim },
    isFetched ? size : '',
    ...(hasContents ? [isFetched && newContentBytes !== null ? view.bytes(newContentBytes) : ''] : []),
    instructionCell(instruction, view),
    hintOf(layer),
  ];
}

/** Says what to mend so that a layer need not be fetched. */
function hintOf({ sameAs }: PulledLayer): string {
  if (sameAs === null) return '';
  const { layer, differs } = sameAs;
  const what = `layer ${layer} of the old image has the same files`;
  if (differs.includes('mtime'))
    return `${what}, with other times: set SOURCE_DATE_EPOCH, or keep the build cache`;
  if (differs.includes('compression')) return `${what}, compressed in another way: use the same builder`;
  return `${what}, in another order or form: use the same builder`;
}

function nameOf({ source, image }: PulledImage): string {
  return shortText(image.tags[0] ?? source.path);
}
