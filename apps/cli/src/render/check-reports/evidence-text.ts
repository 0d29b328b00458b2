import type { CheckEvidence, CheckLevel, CheckReport, CheckResult } from '@layers/insight/check';
import { escapeForTerminal, escapeName } from '../../output/escape.js';
import { humanBytes } from '../../output/format.js';

/** Returns what evidence is about, without characters that mislead: a path, else what is said about the image. */
export function subjectOf({ path, pathBase64, note }: CheckEvidence): string {
  return path === null ? escapeForTerminal(note) : escapeName(path, pathBase64);
}

/** Returns evidence as one line: `/a: 5 MB, deleted later, layer 2: RUN make`. */
export function evidenceLine(evidence: CheckEvidence): string {
  const { path, bytes, note, layer } = evidence;
  const facts = [
    ...(bytes === null ? [] : [humanBytes(bytes)]),
    ...(path === null || note === '' ? [] : [escapeForTerminal(note)]),
    ...(layer === null ? [] : [layerText(evidence)]),
  ];
  return [subjectOf(evidence), ...(facts.length === 0 ? [] : [facts.join(', ')])].join(': ');
}

/** Returns the layer of evidence with its instruction: `layer 2: RUN make`. */
export function layerText({
  layer,
  instruction,
}: {
  readonly layer: number | null;
  readonly instruction: string | null;
}): string {
  if (layer === null) return '';
  return instruction === null ? `layer ${layer}` : `layer ${layer}: ${shortInstruction(instruction)}`;
}

const MAX_INSTRUCTION = 200;

function shortInstruction(instruction: string): string {
  const text = escapeForTerminal(instruction.slice(0, MAX_INSTRUCTION));
  return instruction.length > MAX_INSTRUCTION ? `${text}…` : text;
}

/** Returns the name of an image for a heading: its first tag, else its id, else the archive. */
export function imageName({ image, source }: CheckReport): string {
  return escapeForTerminal(image.tags[0] ?? image.id ?? source.path ?? 'the image');
}

const ORDER: readonly CheckLevel[] = ['fail', 'warn', 'skip', 'pass'];

/** Returns results with the gravest first. */
export function gravestFirst(results: readonly CheckResult[]): CheckResult[] {
  return ORDER.flatMap((level) => results.filter((result) => result.level === level));
}

/** Returns `1 budget is not kept` and the like for a heading. */
export function verdictText({ verdict, totals, results }: CheckReport): string {
  if (results.some(({ rule }) => rule === 'damage')) {
    const others = totals.fail - 1;
    return `the image is damaged${others === 0 ? '' : `, and ${notKept(others, 'not kept')}`}`;
  }
  if (verdict === 'fail') return notKept(totals.fail, 'not kept');
  if (verdict === 'warn') return notKept(totals.warn, 'kept with a warning');
  return totals.skip === 0
    ? 'all budgets are kept'
    : `all budgets that could be checked are kept, ${totals.skip} could not`;
}

function notKept(count: number, rest: string): string {
  return `${count} ${count === 1 ? 'budget is' : 'budgets are'} ${rest}`;
}

/** Joins results that blame the same, such as those about waste. */
export function withSameEvidence(results: readonly CheckResult[]): readonly (readonly CheckResult[])[] {
  const groups = new Map<string, CheckResult[]>();
  for (const result of results) {
    if (result.evidence.length === 0) continue;
    const key = JSON.stringify([result.evidence, result.moreEvidence]);
    groups.set(key, [...(groups.get(key) ?? []), result]);
  }
  return [...groups.values()];
}
