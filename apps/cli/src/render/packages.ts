import type { ImagePackage, PackagesDocument } from '@layers/insight/packages';
import { escapeForTerminal } from '../output/escape.js';
import { counted } from '../output/format.js';
import { type Cell, table } from '../output/table.js';
import type { View } from '../output/view.js';
import { findingsSection } from './findings.js';
import { imageHeading } from './image-heading.js';
import { instructionCell } from './instruction.js';

/** Renders the packages of an image, with the layer and the instruction that brought each. */
export function* renderPackages(document: PackagesDocument, view: View): Generator<string> {
  const { source, image, distribution, packages, totals, findings } = document;
  const system = distribution?.prettyName ?? distribution?.id;
  const facts = [
    ...(system === undefined ? [] : [{ label: 'system', parts: [escapeForTerminal(system)] }]),
    { label: 'packages', parts: countParts(totals) },
  ];
  yield* imageHeading(source, image, facts, view);
  if (packages.length > 0) {
    yield '\n';
    yield* packageTable(packages, view);
  }
  if (totals.hidden > 0 && packages.every(({ visible }) => visible)) {
    const what = counted(totals.hidden, 'package');
    yield `\n${what} of lower layers removed or replaced: --all-layers shows them\n`;
  }
  yield* findingsSection(findings, view);
}

function countParts({ packages, byType }: PackagesDocument['totals']): string[] {
  const types = Object.entries(byType).map(([type, count]) => `${type} ${count}`);
  return [String(packages), ...(types.length === 0 ? [] : [types.join(', ')])];
}

/** Packages that look the same in the table, such as the standard library of Go in several programs. */
interface Row {
  readonly shown: ImagePackage;
  readonly count: number;
  readonly sizeBytes: number | null;
}

function packageTable(packages: readonly ImagePackage[], view: View): Generator<string> {
  const columns = [
    { title: 'name', cut: 'middle', least: 12 },
    { title: 'version', cut: 'end', least: 8 },
    { title: 'type', omit: 1 },
    { title: 'size', align: 'right', omit: 3 },
    { title: 'layer', align: 'right' },
    { title: 'instruction', cut: 'end', least: 12, omit: 2 },
  ] as const;
  const rows = joined(packages).map(({ shown, count, sizeBytes }): (Cell | string)[] => [
    nameCell(shown, count, view),
    versionText(shown, view),
    shown.type,
    sizeBytes === null ? '' : view.bytes(sizeBytes),
    layerText(shown),
    instructionCell(shown.instruction ?? null, view),
  ]);
  return table(view, columns, rows, { indent: 1 });
}

function joined(packages: readonly ImagePackage[]): Row[] {
  const rows = new Map<string, Row>();
  for (const shown of packages) {
    const { type, name, version, previousVersion, layer, removedBy } = shown;
    const key = JSON.stringify([type, name, version, previousVersion, layer, removedBy?.layer]);
    const row = rows.get(key);
    const sizes = [row?.sizeBytes, shown.sizeBytes].filter((size) => typeof size === 'number');
    const sizeBytes = sizes.length === 0 ? null : sizes.reduce((sum, size) => sum + size, 0);
    rows.set(key, { shown: row?.shown ?? shown, count: (row?.count ?? 0) + 1, sizeBytes });
  }
  return [...rows.values()];
}

function nameCell({ name, visible }: ImagePackage, count: number, { colours }: View): Cell {
  const text = count === 1 ? escapeForTerminal(name) : `${escapeForTerminal(name)} (${count})`;
  return visible ? { text } : { text, paint: colours.red };
}

function versionText({ version, previousVersion }: ImagePackage, { unicode }: View): string {
  const text = escapeForTerminal(version ?? '');
  if (previousVersion === null) return text;
  return `${text} ${unicode ? '←' : '<-'} ${escapeForTerminal(previousVersion)}`;
}

/** Returns the layer that brought a package, and the one that removed it. */
function layerText({ layer, removedBy }: ImagePackage): string {
  return removedBy === null ? String(layer) : `${layer} to ${removedBy.layer - 1}`;
}
