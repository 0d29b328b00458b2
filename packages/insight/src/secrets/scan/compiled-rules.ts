import { DEFAULT_REACH, MAX_REACH, type SecretRule } from '../rule.js';
import { buildAutomaton, type KeywordAutomaton } from './keyword-automaton.js';

/** A keyword as bytes: of 8-bit text, or of UTF-16, where a zero is between the letters. */
export interface Keyword {
  readonly bytes: Uint8Array;
  readonly isWide: boolean;
  /** Whether the case of letters counts. */
  readonly isExact: boolean;
  /** The positions of the rules that have it. */
  readonly rules: readonly number[];
  /** The most bytes of a match after the start of the keyword, and before it. */
  readonly reach: number;
  readonly before: number;
}

/** A rule, and its pattern in the form that is tried. */
export interface CompiledRule {
  readonly rule: SecretRule;
  /** Sticky where the pattern starts with a keyword, else global. */
  readonly pattern: RegExp | null;
  readonly reach: number;
  readonly before: number;
}

/** Rules, ready to scan with. */
export interface CompiledRules {
  readonly rules: readonly CompiledRule[];
  readonly keywords: readonly Keyword[];
  readonly automaton: KeywordAutomaton;
  /** The positions of the rules without keywords. */
  readonly unkeyed: readonly number[];
  /** The most bytes that must stay before a keyword. */
  readonly before: number;
}

/** Compiles rules. */
export function compileRules(rules: readonly SecretRule[]): CompiledRules {
  const compiled = rules.map(compileRule);
  const keywords = [...keywordsOf(compiled)];
  return {
    rules: compiled,
    keywords,
    automaton: buildAutomaton(keywords.map(({ bytes }) => bytes)),
    unkeyed: rules.flatMap(({ keywords: own }, i) => (own.length === 0 ? [i] : [])),
    before: keywords.reduce((most, { before, bytes }) => Math.max(most, before + bytes.length), CONTEXT),
  };
}

/** Whether a rule is for a place: for files with such a path, or for texts of the config. */
export function isFor(
  rule: SecretRule,
  { place, path }: { readonly place: 'files' | 'config'; readonly path: string },
): boolean {
  if (rule.within !== undefined && rule.within !== place) return false;
  if (rule.path === undefined) return true;
  return place === 'config' ? rule.alsoInConfig === true : rule.path.test(path);
}

/** Bytes before a keyword that decide whether a word starts there. */
export const CONTEXT = 4;

function compileRule(rule: SecretRule): CompiledRule {
  const isAnchored = rule.before === undefined && rule.keywords.length > 0;
  const { pattern } = rule;
  const flags = (pattern?.flags ?? '').replace(/[gy]/g, '') + (isAnchored ? 'y' : 'g');
  return {
    rule,
    pattern: pattern === null ? null : new RegExp(pattern.source, flags),
    reach: Math.min(rule.reach ?? DEFAULT_REACH, MAX_REACH),
    before: rule.before ?? 0,
  };
}

/** Returns every keyword once, in its two forms. */
function* keywordsOf(rules: readonly CompiledRule[]): Generator<Keyword> {
  const byText = new Map<string, { text: string; isExact: boolean; rules: number[] }>();
  for (const [index, { rule }] of rules.entries()) {
    const isExact = rule.ignoresCase !== true;
    for (const keyword of rule.keywords) {
      const text = isExact ? keyword : keyword.toLowerCase();
      const key = `${isExact} ${text}`;
      const entry = byText.get(key) ?? { text, isExact, rules: [] };
      if (!entry.rules.includes(index)) entry.rules.push(index);
      byText.set(key, entry);
    }
  }
  for (const { text, isExact, rules: own } of byText.values()) {
    const bytes = Buffer.from(text, 'utf8');
    const reach = Math.max(...own.map((index) => rules[index]?.reach ?? 0), bytes.length);
    const before = Math.max(...own.map((index) => rules[index]?.before ?? 0), CONTEXT);
    yield { bytes, isWide: false, isExact, rules: own, reach, before };
    // A single letter has the same bytes in both forms.
    if (bytes.length > 1) {
      yield {
        bytes: widened(bytes),
        isWide: true,
        isExact,
        rules: own,
        reach: reach * 2,
        before: before * 2,
      };
    }
  }
}

/** Returns the bytes of ASCII text in UTF-16, of either byte order, from its first letter to its last. */
function widened(bytes: Uint8Array): Uint8Array {
  const wide = new Uint8Array(bytes.length * 2 - 1);
  for (const [i, byte] of bytes.entries()) wide[i * 2] = byte;
  return wide;
}
