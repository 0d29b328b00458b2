import type { BaseDocument, BaseEvidence, SearchedStore } from '@layers/insight/base';
import { escapeForTerminal } from '../output/escape.js';
import { counted, shortDigest } from '../output/format.js';
import { shortText } from '../output/short-text.js';
import { table } from '../output/table.js';
import type { View } from '../output/view.js';
import { findingsSection } from './findings.js';
import { imageHeading } from './image-heading.js';

/** Renders on which image an image was built, and what says so. */
export function* renderBase(document: BaseDocument, view: View): Generator<string> {
  const { source, image, layers, evidence, searchedStore, findings } = document;
  const [best] = evidence;
  const parts =
    best === undefined ? ['unknown: name an image to compare with, by --against'] : baseParts(best, layers);
  const facts = [{ label: 'base', parts }];
  if (searchedStore !== null) facts.push({ label: 'store', parts: [storeText(searchedStore)] });
  yield* imageHeading(source, image, facts, view);
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

function storeText({ path, images, problem }: SearchedStore): string {
  if (problem !== null) return escapeForTerminal(`${path} cannot be read: ${problem.message}`);
  return images === 0 ? 'empty, so that nothing was compared' : `${counted(images, 'image')} compared`;
}

function baseParts(best: BaseEvidence, layers: number): string[] {
  const known = best.layers === null ? [] : [`${best.layers} of ${counted(layers, 'layer')}`];
  return [nameOf(best), ...known, ...(best.isGuess ? ['a guess'] : [])];
}

function nameOf({ name, digest }: BaseEvidence): string {
  if (name !== null) return shortText(name);
  return digest === null ? 'not named' : shortText(shortDigest(digest));
}
