import type { BaseDocument, BaseEvidence } from '@layers/insight/base';
import { counted, shortDigest } from '../output/format.js';
import { shortText } from '../output/short-text.js';
import { table } from '../output/table.js';
import type { View } from '../output/view.js';
import { findingsSection } from './findings.js';
import { imageHeading } from './image-heading.js';

/** Renders on which image an image was built, and what says so. */
export function* renderBase(document: BaseDocument, view: View): Generator<string> {
  const { source, image, layers, evidence, findings } = document;
  const [best] = evidence;
  const parts =
    best === undefined ? ['unknown: name an image to compare with, by --against'] : baseParts(best, layers);
  yield* imageHeading(source, image, [{ label: 'base', parts }], view);
  if (evidence.length > 0) {
    yield '\n';
    const columns = [
      { title: 'layers', align: 'right' },
      { title: 'base', cut: 'middle', least: 12 },
      { title: 'found by', omit: 1 },
      { title: 'why', cut: 'end', least: 24 },
    ] as const;
    const rows = evidence.map((each) => [
      each.layers === null ? '?' : String(each.layers),
      nameOf(each),
      each.isGuess ? `${each.from}, a guess` : each.from,
      each.reason,
    ]);
    yield* table(view, columns, rows, { indent: 1 });
  }
  yield* findingsSection(findings, view);
}

function baseParts(best: BaseEvidence, layers: number): string[] {
  const known = best.layers === null ? [] : [`${best.layers} of ${counted(layers, 'layer')}`];
  return [nameOf(best), ...known, ...(best.isGuess ? ['a guess'] : [])];
}

function nameOf({ name, digest }: BaseEvidence): string {
  if (name !== null) return shortText(name);
  return digest === null ? 'not named' : shortText(shortDigest(digest));
}
