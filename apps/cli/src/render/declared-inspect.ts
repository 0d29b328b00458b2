import type { DeclaredInspectDocument, DeclaredLayer } from '@layers/core/analysis';
import { formatPlatform } from '@layers/core/oci';
import { escapeForTerminal } from '../output/escape.js';
import { counted, shortDigest } from '../output/format.js';
import { type Cell, table } from '../output/table.js';
import type { View } from '../output/view.js';
import { runFacts } from './config.js';
import { findingsSection } from './findings.js';
import { type Fact, imageHeading } from './image-heading.js';
import { instructionCell } from './instruction.js';

/** Renders what the manifest and the config of an image declare, and says what was checked. */
export function* renderDeclaredInspect(document: DeclaredInspectDocument, view: View): Generator<string> {
  const { source, image, layers, findings } = document;
  yield* imageHeading(source, image, factsOf(document, view), view);
  yield '\n';
  const columns = [
    { title: '#', align: 'right' },
    { title: 'diff id', omit: 2 },
    { title: 'digest', omit: 1 },
    { title: 'stored', align: 'right' },
    { title: 'instruction', cut: 'end', least: 24 },
  ] as const;
  const rows = layers.map((layer) => layerRow(layer, view));
  yield* table(view, columns, rows, { indent: 1 });
  yield* findingsSection(findings, view);
  yield '\nlayers not read: add --layers\n';
  yield `checked: the digests of manifest and config ${view.unicode ? '·' : '|'} declared: digests and sizes of layers\n`;
}

const MAX_PLATFORMS = 20;

function factsOf({ image, otherPlatforms, totals }: DeclaredInspectDocument, view: View): Fact[] {
  const { manifestDigest } = image;
  const stored = totals.storedBytes === null ? '' : `${view.bytes(totals.storedBytes)} in `;
  const others = otherPlatforms.map(({ platform, digest }) =>
    escapeForTerminal(platform === null ? shortDigest(digest) : formatPlatform(platform)),
  );
  const more = others.length > MAX_PLATFORMS ? [`${others.length - MAX_PLATFORMS} more`] : [];
  return [
    ...(manifestDigest === null ? [] : [{ label: 'digest', parts: [escapeForTerminal(manifestDigest)] }]),
    ...runFacts(image),
    { label: 'size', parts: [`${stored}${counted(totals.layers, 'layer')}`] },
    ...(others.length === 0
      ? []
      : [{ label: 'others', parts: [...others.slice(0, MAX_PLATFORMS), ...more] }]),
  ];
}

function layerRow(layer: DeclaredLayer, view: View): (Cell | string)[] {
  return [
    String(layer.layer),
    layer.diffId === null ? '?' : escapeForTerminal(shortDigest(layer.diffId)),
    layer.digest === null ? '?' : escapeForTerminal(shortDigest(layer.digest)),
    layer.storedBytes === null ? '?' : view.bytes(layer.storedBytes),
    instructionCell(layer.instruction, view),
  ];
}
