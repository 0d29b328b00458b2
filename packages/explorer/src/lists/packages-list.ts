import type { ImagePackage, PackagesDocument } from '@layers/insight/packages';
import { counted } from '../lines/counted.js';
import { exactBytes } from '../lines/exact-bytes.js';
import type { Format } from '../lines/format.js';
import { FLAT, type ListSource } from '../list/list-source.js';
import type { PathIndex } from '../tree/path-index.js';
import { aboutLayer, aboutText, bySize, nodeOfPath, rowInstruction, rowPath, rowText } from './row-text.js';

const COLUMNS: ListSource['columns'] = [
  { title: 'Size', width: 9, align: 'right', from: 50 },
  { title: 'Name', width: 3, grows: true, from: 0 },
  { title: 'Version', width: 3, grows: true, from: 0 },
  { title: 'Type', width: 8, from: 70 },
  { title: 'Layer', width: 5, align: 'right', from: 0 },
  { title: 'Instruction', width: 3, grows: true, from: 80 },
];

/** Makes the rows of packages, with the layers that brought them. */
export function packagesList(
  { packages, totals, distribution }: PackagesDocument,
  index: PathIndex,
  format: Format,
): ListSource {
  const textOf = (row: number): string => {
    const shown = packages[row];
    return shown === undefined ? '' : `${shown.name} ${shown.version ?? ''} ${shown.type}`;
  };
  const bytesOf = (row: number): number => packages[row]?.sizeBytes ?? 0;
  const types = Object.entries(totals.byType).map(([type, count]) => `${type} ${count}`);
  const system = distribution?.prettyName ?? distribution?.id ?? null;
  return {
    ...FLAT,
    title: [
      counted(totals.packages, 'package') + (types.length === 0 ? '' : `: ${types.join(', ')}`),
      ...(system === null ? [] : [`system ${rowText(system, format)}`]),
    ].join('  '),
    empty: 'no packages were found',
    columns: COLUMNS,
    count: packages.length,
    orders: [{ name: 'type and name', keyOf: null }, bySize(bytesOf), byLayer(packages)],
    cells(row) {
      const shown = packages[row];
      if (shown === undefined) return [];
      const { name, version, previousVersion, type, sizeBytes, layer, instruction } = shown;
      const before = previousVersion === null ? '' : ` <- ${rowText(previousVersion, format)}`;
      return [
        sizeBytes === null ? '' : format.bytes(sizeBytes),
        rowText(name, format),
        rowText(version ?? '', format) + before,
        type,
        String(layer),
        rowInstruction(instruction, format),
      ];
    },
    styleOf: () => 'plain',
    textOf,
    bytesOf,
    isOfLayer: (row, layer) => packages[row]?.layer === layer,
    about: (row) => (packages[row] === undefined ? [] : aboutPackage(packages[row], format)),
    targetOf(row) {
      const shown = packages[row];
      if (shown === undefined) return null;
      const { layer, removedBy } = shown;
      const endedBy = removedBy?.layer ?? null;
      return { layer, node: nodeOfPath(index, shown), endedBy, ending: 'removed' };
    },
  };
}

function byLayer(packages: readonly ImagePackage[]): ListSource['orders'][number] {
  return { name: 'layer', keyOf: (row) => packages[row]?.layer ?? 0 };
}

function aboutPackage(shown: ImagePackage, format: Format): string[] {
  const { name, version, previousVersion, type, architecture, purl, source, licences, supplier } = shown;
  const { sizeBytes, sizeFrom, innerPath, layer, instruction } = shown;
  const line = (label: string, text: string | null): string[] => {
    return text === null || text === '' ? [] : [`${label.padEnd(11)}${aboutText(text, format)}`];
  };
  return [
    aboutText(`${name} ${version ?? ''}`, format),
    ...line('type', type),
    ...line('arch', architecture),
    ...(sizeBytes === null
      ? []
      : [`size       ${exactBytes(sizeBytes, format)}${sizeFrom === 'stated' ? ' as stated' : ''}`]),
    aboutLayer('brought by', layer, instruction, format),
    ...line('replaced', previousVersion),
    ...line('purl', purl),
    ...line('source', source === null ? null : `${source.name} ${source.version ?? ''}`),
    ...line('licences', licences.join(', ')),
    ...line('supplier', supplier),
    `listed in  ${rowPath(shown, format)}`,
    ...line('inside', innerPath),
  ];
}
