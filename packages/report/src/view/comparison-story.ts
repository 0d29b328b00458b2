import type { ReportComparison, ReportFacts } from '../data/index.js';
import { layerSums } from './comparison-layer-rows.js';
import { counted, groupedNumber, humanBytes, signedBytes } from './format.js';
import type { Contents } from './picture.js';
import {
  AS_STORED,
  capital,
  type Figure,
  IN_ROOTFS,
  largestDirectories,
  layerName,
  type Statement,
  stepOf,
} from './story.js';

/** Returns the sizes of both images, and how many paths differ. */
export function comparisonFigures(
  { inspect: { totals } }: ReportFacts,
  comparison: ReportComparison,
): Figure[] {
  const { before, totals: changes } = comparison;
  const pair = (was: string, is: string): string => (was === is ? is : `${was} → ${is}`);
  const size = (label: string, was: number, is: number): Figure => ({
    label,
    value: pair(humanBytes(was), humanBytes(is)),
    title: `${groupedNumber(was)} bytes, then ${groupedNumber(is)}`,
    change: was === is ? '' : signedBytes(is - was),
  });
  const count = (label: string, is: number, was = is): Figure => ({
    label,
    value: pair(groupedNumber(was), groupedNumber(is)),
    title: '',
  });
  return [
    size(IN_ROOTFS, before.rootfsBytes, totals.rootfsBytes),
    size('wasted', before.wastedBytes, totals.wastedBytes),
    size(AS_STORED, before.storedBytes, totals.storedBytes),
    count('layers', totals.layers, before.layers),
    count('added', changes.added),
    count('removed', changes.removed),
    count('changed', changes.changed),
    count('moved', changes.renamed),
  ];
}

const LARGE_LAYERS = 3;
/** A share that is worth a sentence. */
const LEAST_SHARE = 0.1;

/** Says what grew and what shrank: the image, its layers, its directories and its packages. */
export function comparisonStory(
  facts: ReportFacts,
  comparison: ReportComparison,
  contents: Contents,
): Statement[] {
  const { identical, before, totals, packages, a } = comparison;
  const { rootfsBytes } = facts.inspect.totals;
  const whole = { layer: -1, path: 0 };
  if (identical) return [{ text: 'The images do not differ.', ...whole }];
  const growth = rootfsBytes - before.rootfsBytes;
  const total = humanBytes(a.rootfsBytes);
  const first =
    growth === 0
      ? `Both images have ${total}.`
      : `B has ${differenceText(growth)} than A, which has ${total}.`;
  const statements: Statement[] = [{ text: first, ...whole }];
  const layers = facts.inspect.layers.length;
  const all = contents.setOf(-1);
  const least = all.bytesBetween(0, all.items.length) * LEAST_SHARE;
  const sums = layerSums(contents.paths, layers + 1)
    .map(({ grown, shrunk }, layer) => ({ layer, net: grown - shrunk, bytes: grown + shrunk }))
    .filter(({ bytes }) => bytes > 0 && bytes >= least)
    .sort((x, y) => y.bytes - x.bytes);
  for (const { layer, net } of sums.slice(0, LARGE_LAYERS)) {
    const verb = layer === layers ? 'had' : net < 0 ? 'removes' : 'adds';
    const text = `${capital(layerName(facts, layer))} ${verb} ${humanBytes(Math.abs(net))}`;
    statements.push({ text, ...stepOf(facts.inspect.layers[layer]?.instruction ?? null), layer, path: 0 });
  }
  for (const { set, from, to, path } of least === 0 ? [] : largestDirectories(contents, least)) {
    const net = set.netBetween(from, to);
    statements.push({ text: `${contents.paths.textOf(path)} has ${differenceText(net)}.`, layer: -1, path });
  }
  const moved = totals.renamed;
  if (moved > 0) statements.push({ text: `${counted(moved, 'path')} moved.`, ...whole, table: 'moved' });
  const changes = packages?.changes ?? [];
  if (changes.length > 0) {
    const kinds = [...new Set(changes.map(({ change }) => change))];
    const words = kinds
      .map((kind) => `${changes.filter(({ change }) => change === kind).length} ${kind}`)
      .join(', ');
    statements.push({ text: `Packages: ${words}.`, ...whole, table: 'packages' });
  }
  return statements;
}

function differenceText(bytes: number): string {
  if (bytes === 0) return 'other contents of the same size';
  return bytes > 0 ? `${humanBytes(bytes)} more` : `${humanBytes(-bytes)} less`;
}
