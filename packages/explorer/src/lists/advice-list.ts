import type { Advice, AdviceDocument } from '@layers/insight/advise';
import { counted } from '../lines/counted.js';
import { exactBytes } from '../lines/exact-bytes.js';
import type { Format } from '../lines/format.js';
import { isGroup, type ListSource, type ListTarget } from '../list/list-source.js';
import { layerWith } from '../state/versions.js';
import type { PathIndex } from '../tree/path-index.js';
import { Forest } from './forest.js';
import { aboutLayer, aboutText, bySize, nodeOfPath, rowInstruction, rowPath, rowText } from './row-text.js';

/** A row below an advice. */
interface Part {
  readonly of: Advice;
  readonly bytes: number | null;
  readonly text: string;
  readonly shown: string;
  readonly layer: number | null;
  readonly target: ListTarget | null;
}

const COLUMNS: ListSource['columns'] = [
  { title: 'Savable', width: 9, align: 'right', from: 0 },
  { title: 'Files', width: 6, align: 'right', from: 60 },
  { title: 'Advice', width: 1, grows: true, from: 0 },
];

/** Makes the rows of advice, each with what to do, the layers and the paths. */
export function adviceList({ advice, totals }: AdviceDocument, index: PathIndex, format: Format): ListSource {
  const parts: Part[] = [];
  const forest = new Forest();
  for (const [i, each] of advice.entries()) {
    forest.open(i, bytesOfAdvice(each));
    for (const part of partsOf(each, index, format)) forest.add(parts.push(part) - 1, part.bytes ?? 0);
    forest.close();
  }
  const adviceOf = (row: number): Advice | undefined => {
    return isGroup(forest, row) ? advice[forest.itemOf(row)] : parts[forest.itemOf(row)]?.of;
  };
  const partOf = (row: number): Part | undefined => {
    return isGroup(forest, row) ? undefined : parts[forest.itemOf(row)];
  };
  const bytesOf = (row: number): number => forest.bytesOf(row);
  const { savableBytes, contentBytes, repackBytes, pullBytes } = totals;
  return {
    title: [
      `Advice  savable ${format.bytes(savableBytes)} of ${format.bytes(contentBytes)}`,
      ...(repackBytes > 0 ? [`${format.bytes(repackBytes)} of it by layers repack --drop-waste`] : []),
      ...(pullBytes > 0 ? [`${format.bytes(pullBytes)} pulled again`] : []),
    ].join('  '),
    empty: 'nothing to change',
    columns: COLUMNS,
    nameColumn: 2,
    count: forest.count,
    orders: [{ name: 'importance', keyOf: null }, bySize(bytesOf)],
    endOf: (row) => forest.endOf(row),
    parentOf: (row) => forest.parentOf(row),
    cells(row) {
      const part = partOf(row);
      if (part !== undefined) return [part.bytes === null ? '' : format.bytes(part.bytes), '', part.shown];
      const shown = adviceOf(row);
      if (shown === undefined) return [];
      const rule = shown.rule === null ? '' : ` (${rowText(shown.rule, format)})`;
      const bytes = bytesOfAdvice(shown);
      return [
        bytes === 0 ? '' : format.bytes(bytes),
        shown.files === 0 ? '' : String(shown.files),
        rowText(shown.problem, format) + rule,
      ];
    },
    styleOf: (row) => (isGroup(forest, row) ? 'bold' : 'plain'),
    textOf: (row) => partOf(row)?.text ?? adviceOf(row)?.problem ?? '',
    bytesOf,
    isOfLayer: (row, layer) => {
      const [of, own] = [adviceOf(row), partOf(row)?.layer];
      if (own !== undefined && own !== null) return own === layer;
      return of?.wastedBy?.layer === layer || of?.storedBy.some((step) => step.layer === layer) === true;
    },
    about(row) {
      const shown = adviceOf(row);
      return shown === undefined ? [] : aboutAdvice(shown, format);
    },
    targetOf: (row) => partOf(row)?.target ?? null,
  };
}

function bytesOfAdvice({ savableBytes, pullBytes }: Advice): number {
  return savableBytes + pullBytes;
}

function partsOf(of: Advice, index: PathIndex, format: Format): Part[] {
  const { fix, example, wastedBy, storedBy, paths, morePaths } = of;
  const text = (content: string): Part => ({
    of,
    bytes: null,
    text: content,
    shown: rowText(content, format),
    layer: null,
    target: null,
  });
  const layer = (label: string, at: NonNullable<Advice['wastedBy']>, bytes: number | null): Part => ({
    of,
    bytes,
    text: at.instruction ?? '',
    shown: `${label} layer ${at.layer}  ${rowInstruction(at.instruction, format)}`,
    layer: at.layer,
    target: { layer: at.layer, node: null, endedBy: null, ending: '' },
  });
  return [
    text(`fix: ${fix}`),
    ...(example === null ? [] : [text(example)]),
    ...(wastedBy === null ? [] : [layer('by', wastedBy, null)]),
    ...storedBy.map((step) => layer('stored by', step, step.sizeBytes)),
    ...paths.map((path): Part => {
      const node = nodeOfPath(index, path);
      const stored = node === null ? undefined : storedBy.find((step) => existsAt(index, node, step.layer));
      const at = stored?.layer ?? storedBy[0]?.layer ?? null;
      return {
        of,
        bytes: path.sizeBytes,
        text: path.path,
        shown: rowPath(path, format),
        layer: null,
        target: { layer: at, node, endedBy: wastedBy?.layer ?? null, ending: 'wasted' },
      };
    }),
    ...(morePaths > 0 ? [text(`and ${counted(morePaths, 'more path')}`)] : []),
  ];
}

function existsAt(index: PathIndex, node: number, layer: number): boolean {
  return layerWith(index, node, layer) === layer;
}

function aboutAdvice(advice: Advice, format: Format): string[] {
  const { problem, rule, savableBytes, pullBytes, files, fix, example, wastedBy, storedBy, paths } = advice;
  const { morePaths, repack } = advice;
  return [
    aboutText(problem, format) + (rule === null ? '' : ` (${aboutText(rule, format)})`),
    ...(savableBytes === 0
      ? []
      : [`savable    ${exactBytes(savableBytes, format)} in ${counted(files, 'file')}`]),
    ...(pullBytes === 0 ? [] : [`pulled     ${exactBytes(pullBytes, format)} again for no reason`]),
    `fix        ${aboutText(fix, format)}`,
    ...(example === null ? [] : [`           ${aboutText(example, format)}`]),
    ...(repack ? ['           layers repack --drop-waste saves the same without a new build'] : []),
    ...(wastedBy === null ? [] : [aboutLayer('by        ', wastedBy.layer, wastedBy.instruction, format)]),
    ...storedBy.map(
      ({ layer, instruction, sizeBytes }) =>
        `${aboutLayer('stored by ', layer, instruction, format)}  ${format.bytes(sizeBytes)}`,
    ),
    ...paths.map((path) => `path       ${rowPath(path, format)}  ${format.bytes(path.sizeBytes)}`),
    ...(morePaths > 0 ? [`and ${counted(morePaths, 'more path')}`] : []),
  ];
}
