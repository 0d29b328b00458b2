import type { LayerReport } from '@layers/core/analysis';
import type { ReportFacts } from '../data/index.js';
import { type Cell, cellOf, collapsed, partsOf } from './cell.js';
import { counted, groupedNumber, humanBytes, percent, roundPercent } from './format.js';
import type { Contents } from './picture.js';

/** A sentence of the summary, and what it is about. */
export interface Statement {
  readonly text: string;
  /** The instruction that ends the sentence. */
  readonly step?: string;
  /** The layer that a click on the sentence shows; -1 for all. */
  readonly layer: number;
  /** The path that it shows. */
  readonly path: number;
  /** The table that it shows. */
  readonly table?: string;
}

/** A line of `inspect` at the top of the page. */
export interface Figure {
  readonly label: string;
  readonly value: string;
  readonly title: string;
  /** By how much it differs in two images. */
  readonly change?: string;
}

/** Returns the name of the image, or of both: their first tags, or what else tells them apart. */
export function reportName({ inspect, comparison }: ReportFacts): string {
  const sides = comparison === null ? [inspect] : [comparison.a, inspect];
  const names = sides.map(({ image: { tags, id }, source: { path } }) => [
    tags[0] ?? path,
    path,
    `${path} ${id}`,
  ]);
  const [a, b = []] = names;
  const at = [0, 1].find((i) => a?.[i] !== b[i]) ?? 2;
  return names.map((each) => each[at]).join(' → ');
}

/** Returns the name of a layer in a sentence. */
export function layerName({ inspect: { layers } }: ReportFacts, layer: number): string {
  return layer < layers.length ? `layer ${layer}` : 'layers that only A has';
}

/** Says what a layer loses and what it wastes, each where it does. */
export function layerWaste({
  wastedBytes,
  causedWasteBytes,
}: Pick<LayerReport, 'wastedBytes' | 'causedWasteBytes'>): string[] {
  return [
    ...(wastedBytes > 0 ? [`loses ${humanBytes(wastedBytes)}`] : []),
    ...(causedWasteBytes > 0 ? [`causes ${humanBytes(causedWasteBytes)} of waste`] : []),
  ];
}

/** Begins a text with a capital. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The names of sizes that both pages have. */
export const IN_ROOTFS = 'in the root file system';
export const AS_STORED = 'layers as stored';

/** Returns the sizes at the top of the page about one image: first of all layers, then what of it can be seen. */
export function imageFigures({ inspect: { totals } }: ReportFacts): Figure[] {
  const size = (label: string, bytes: number): Figure => ({
    label,
    value: humanBytes(bytes),
    title: counted(bytes, 'byte'),
  });
  return [
    size('all files, uncompressed', totals.contentBytes),
    size(AS_STORED, totals.storedBytes),
    size(IN_ROOTFS, totals.rootfsBytes),
    size('wasted', totals.wastedBytes),
    {
      label: 'efficiency',
      value: percent(totals.efficiency),
      title: 'the part of all contents that is used',
    },
    { label: totals.layers === 1 ? 'layer' : 'layers', value: String(totals.layers), title: '' },
    { label: 'files', value: groupedNumber(totals.files), title: '' },
  ];
}

const LARGE_LAYERS = 3;
const LARGE_DIRECTORIES = 3;
/** A share that is worth a sentence. */
const LEAST_SHARE = 0.1;

/** Says why an image is as large as it is: its largest layers, its waste, and its largest directories. */
export function storyOf({ inspect: { totals, layers } }: ReportFacts, contents: Contents): Statement[] {
  const { contentBytes, wastedBytes } = totals;
  if (contentBytes === 0) return [{ text: 'The image has no files.', layer: -1, path: 0 }];
  const statements: Statement[] = [];
  const largest = [...layers].sort((a, b) => b.contentBytes - a.contentBytes).slice(0, LARGE_LAYERS);
  for (const [i, { layer, contentBytes: bytes, instruction }] of largest.entries()) {
    if (bytes === 0 || (i > 0 && bytes < contentBytes * LEAST_SHARE)) continue;
    const share = roundPercent(bytes / contentBytes);
    const text = `Layer ${layer} stores ${humanBytes(bytes)}, ${share}`;
    statements.push({ text, ...stepOf(instruction), layer, path: 0 });
  }
  if (wastedBytes > 0)
    statements.push({
      text: `${humanBytes(wastedBytes)}, ${roundPercent(wastedBytes / contentBytes)}, is wasted: lower layers store it, and later layers delete or replace it.`,
      layer: -1,
      path: 0,
      table: 'waste',
    });
  statements.push(
    ...largestDirectories(contents, contentBytes * LEAST_SHARE).map(({ path, bytes }) => ({
      text: `${contents.paths.textOf(path)} has ${humanBytes(bytes)}, ${roundPercent(bytes / contentBytes)}.`,
      layer: -1,
      path,
    })),
  );
  return statements;
}

/** Returns the largest parts of the image, of at least some bytes. */
export function largestDirectories(contents: Contents, leastBytes: number): Cell[] {
  return partsOf(collapsed(cellOf(contents.setOf(-1), 0)))
    .map(collapsed)
    .sort((a, b) => b.bytes - a.bytes)
    .slice(0, LARGE_DIRECTORIES)
    .filter(({ bytes }) => bytes >= leastBytes);
}

/**
 * Says what to change where no advice stands out: the layer that stores most.
 *
 * @param isPartial whether documents are still being made
 */
export function withoutAdvice({ advice, inspect: { layers } }: ReportFacts, isPartial = false): Statement {
  const whole = { layer: -1, path: 0 };
  if (isPartial) return { text: 'The contents of the files are still being read.', ...whole };
  if (advice === null) return { text: 'No advice was computed for this report.', ...whole };
  const [largest] = layers.toSorted((a, b) => b.contentBytes - a.contentBytes);
  const layer = largest?.layer ?? 0;
  const text = `Nothing stands out. To make the image smaller, begin with layer ${layer}`;
  return { text, ...stepOf(largest?.instruction ?? null), layer, path: 0 };
}

/** Says what all advice saves together, where several advices save bytes: no content is part of two. Empty elsewhere. */
export function savingsText({ advice }: ReportFacts): string {
  const saving = advice?.advice.filter(({ savableBytes }) => savableBytes > 0) ?? [];
  if (advice === null || saving.length < 2) return '';
  return `Together they save ${humanBytes(advice.totals.savableBytes)}: no file counts twice.`;
}

/** Returns an instruction as the end of a sentence. */
export function stepOf(instruction: string | null): Pick<Statement, 'step'> {
  return instruction === null ? {} : { step: shortStep(instruction) };
}

const STEP_LENGTH = 120;

/** Returns the start of an instruction in one line, with short digests. */
export function shortStep(instruction: string, most = STEP_LENGTH): string {
  const line = instruction
    .replace(/\s+/g, ' ')
    .replace(/\b([0-9a-f]{12})[0-9a-f]{20,}\b/g, '$1…')
    .trim();
  return line.length > most ? `${line.slice(0, most - 1)}…` : line;
}

/** Returns the start of the instruction of a layer; says so where there is none. */
export function stepName(instruction: string | null | undefined, most?: number): string {
  return shortStep(instruction ?? '', most) || 'no instruction';
}
