import { createPathMatcher } from '@layers/core/diff';
import { isLayersError } from '@layers/errors';
import type { BudgetLimit } from './budget.js';
import { parseLabel } from './config-rules.js';
import type { CheckLimit, CheckUnit } from './report.js';
import { isList, RULE_FACTS, type RuleKind } from './rule-kinds.js';
import type { CheckRule } from './rules.js';
import { diveSizeIn, sizeIn } from './size-text.js';

/** Why a text is no limit, and how to write one. */
export class NotALimit extends Error {
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(message);
    this.hint = hint;
  }
}

function notA(text: string, what: string, hint: string): NotALimit {
  return new NotALimit(`${JSON.stringify(text)} is not ${what}`, hint);
}

/** Whether a text switches a budget off. */
export function isOff(text: string): boolean {
  return text.toLowerCase() === 'off';
}

/**
 * Parses a limit, such as `0.95`, `20MB` or `5%`; for the rules that list globs or labels, all of them.
 *
 * @param from what wrote it
 * @throws NotALimit
 */
export function parseLimit(rule: CheckRule, texts: readonly string[], from: string): BudgetLimit {
  const { kind } = RULE_FACTS[rule];
  if (kind === 'presence') {
    const [value] = texts;
    if (value !== undefined)
      throw notA(value, 'expected: the rule has no limit', 'write the rule alone, or off');
    return { text: 'none', value: 0, unit: 'count', from };
  }
  if (isList(rule) && texts.length === 0) {
    const one = kind === 'globs' ? 'a glob' : 'a label';
    throw new NotALimit(`${one} is missing: an empty list checks nothing`, `write ${one}, or off`);
  }
  if (kind === 'globs') checkGlobs(texts);
  if (kind === 'labels') checkLabels(texts);
  if (isList(rule)) return { text: texts.join(', '), value: 0, unit: 'count', from, items: texts };
  const [text = ''] = texts;
  return { text, ...parseValue(kind, text), from };
}

/** Parses a limit of dive. Throws NotALimit. */
export function parseDiveLimit(rule: CheckRule, text: string, from: string): BudgetLimit {
  if (RULE_FACTS[rule].kind !== 'bytes') return parseLimit(rule, [text], from);
  return { text, value: parseBytes(text, diveSizeIn), unit: 'bytes', from };
}

/** Parses the bytes below which shares are not blamed. Throws NotALimit. */
export function parseFloor(text: string, from: string): CheckLimit {
  return { text, value: parseBytes(text), unit: 'bytes', from };
}

/** Throws NotALimit for what is no list of globs. */
export function checkGlobs(globs: readonly string[]): void {
  for (const glob of globs) {
    try {
      if (glob.trim() !== '') {
        createPathMatcher([glob]);
        continue;
      }
    } catch (error) {
      if (!isLayersError(error)) throw error;
    }
    throw notA(glob, 'a glob', "write it as '*.pem', or as '/etc/**' for a whole path");
  }
}

function checkLabels(labels: readonly string[]): void {
  for (const label of labels) {
    try {
      if (parseLabel(label).name !== '') continue;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
    throw notA(label, 'a label', 'write NAME, or NAME=PATTERN with a regular expression for the whole value');
  }
}

interface Value {
  readonly value: number;
  readonly unit: CheckUnit;
}

function parseValue(kind: RuleKind, text: string): Value {
  if (kind === 'ratio') return { value: parseRatio(text), unit: 'ratio' };
  if (kind === 'count') return { value: parseCount(text), unit: 'count' };
  if (kind === 'growth' && text.trim().endsWith('%')) return { value: parsePercent(text), unit: 'ratio' };
  return { value: parseBytes(text), unit: 'bytes' };
}

/** From 0 to 1, as dive has it, or with a percent sign. */
function parseRatio(text: string): number {
  const trimmed = text.trim();
  const value = trimmed.endsWith('%')
    ? percentOf(trimmed)
    : /^(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,3})?$/i.test(trimmed)
      ? Number(trimmed)
      : Number.NaN;
  if (value >= 0 && value <= 1) return value;
  throw notA(text, 'a share', 'write it from 0 to 1, such as 0.95, or as 95%');
}

function parsePercent(text: string): number {
  const value = percentOf(text.trim());
  if (value >= 0) return value;
  throw notA(text, 'a share', 'write it as 5%');
}

/** Shifts the decimal point in the text: a division may round to another number than the one that is written. */
function percentOf(text: string): number {
  const number = /^(\d{1,15}(?:\.\d{1,15})?) ?%$/.exec(text)?.[1];
  return number === undefined ? Number.NaN : Number(`${number}e-2`);
}

function parseCount(text: string): number {
  if (/^\d{1,15}$/.test(text.trim())) return Number(text);
  throw notA(text, 'a number of layers', 'write it as a whole number from 0');
}

function parseBytes(text: string, read: (text: string) => number = sizeIn): number {
  const bytes = read(text);
  if (bytes >= 0) return bytes;
  throw notA(text, 'a size', 'write it as 500, 10kB, 1.5MB or 1GiB');
}
