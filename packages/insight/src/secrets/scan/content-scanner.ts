import type { CompiledRule, CompiledRules, Keyword } from './compiled-rules.js';
import { CONTEXT, isFor } from './compiled-rules.js';
import { type Excerpt, type FoundSecret, secretOf, withoutOverlaps } from './found-secret.js';
import { findKeywords, type KeywordHits } from './keyword-hits.js';
import { LineCounter } from './line-counter.js';
import type { RuleGuard } from './rule-guard.js';
import { type Window, windowsOf } from './windows.js';

/** The secrets of one content. */
export interface ScannedContent {
  readonly secrets: readonly FoundSecret[];
  /** How many more there are. */
  readonly more: number;
}

const BUFFER_BYTES = 512 * 1024;
/** The most secrets of one content that are listed. */
const MAX_SECRETS = 500;

/** What the rules of a path decide for the content that is scanned. */
const UNKNOWN = 0;
const APPLIES = 1;
const EXCLUDED = 2;

/** Finds secrets in contents that arrive in pieces. Memory does not depend on their size. */
export class ContentScanner {
  readonly #rules: CompiledRules;
  readonly #guard: RuleGuard;
  readonly #within: 'files' | 'config';
  readonly #own: Buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
  readonly #hits: KeywordHits = { keywords: [], ends: [] };
  readonly #decisions: Uint8Array;
  readonly #lines = new LineCounter();
  readonly #seen = new Set<string>();
  #found: FoundSecret[] = [];
  #more = 0;
  #path = '';
  #size = 0;
  /** The bytes at hand: the own buffer, or a content that arrived in one piece. */
  #bytes: Buffer = this.#own;
  #filled = 0;
  /** Position in the content of the first byte at hand. */
  #base = 0;
  #scanned = 0;
  #state = 0;
  /** The rules without keywords that apply, and where their next window starts. */
  #unkeyed: number[] = [];
  #unkeyedBytes = 0;
  #nextWindow = 0;
  /** The ranges that rules look at anywhere, by rule. */
  readonly #ranges = new Map<number, { from: number; to: number }[]>();

  constructor(rules: CompiledRules, guard: RuleGuard, within: 'files' | 'config') {
    this.#rules = rules;
    this.#guard = guard;
    this.#within = within;
    this.#decisions = new Uint8Array(rules.rules.length);
  }

  /** Starts a content of `size` bytes. `path` is absolute; empty for a text of the config. */
  start(path: string, size: number): void {
    this.#path = path;
    this.#size = size;
    this.#found = [];
    this.#more = 0;
    this.#seen.clear();
    this.#decisions.fill(UNKNOWN);
    this.#lines.start();
    this.#base = 0;
    this.#restart();
    this.#unkeyed = this.#rules.unkeyed.filter((rule) => this.#applies(rule));
    this.#unkeyedBytes = 2 * Math.max(0, ...this.#unkeyed.map((rule) => this.#rules.rules[rule]?.reach ?? 0));
    for (const rule of this.#unkeyed) this.#addWholeFile(rule);
  }

  write(bytes: Uint8Array): void {
    if (this.#filled === 0 && this.#base === 0 && bytes.length === this.#size) {
      this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
      this.#filled = bytes.length;
      this.#scan(true);
      this.#bytes = this.#own;
      this.#base = bytes.length;
      this.#restart();
      return;
    }
    for (let at = 0; at < bytes.length; ) {
      const count = Math.min(BUFFER_BYTES - this.#filled, bytes.length - at);
      this.#own.set(bytes.subarray(at, at + count), this.#filled);
      this.#filled += count;
      at += count;
      if (this.#filled === BUFFER_BYTES) this.#scan(false);
    }
  }

  /** Skips a hole of a sparse file, in which no secret is. */
  skip(bytes: number): void {
    this.#scan(true);
    this.#lines.stop();
    this.#base += this.#filled + bytes;
    this.#restart();
  }

  end(): ScannedContent {
    if (this.#filled > 0) this.#scan(true);
    return { secrets: withoutOverlaps(this.#found), more: this.#more };
  }

  #restart(): void {
    this.#filled = 0;
    this.#scanned = 0;
    this.#state = 0;
    this.#nextWindow = 0;
    this.#hits.keywords.length = 0;
    this.#hits.ends.length = 0;
  }

  /** Reads the new bytes, and tries the patterns on everything whose surroundings are at hand. */
  #scan(isLast: boolean): void {
    const range = { from: this.#scanned, to: this.#filled };
    if (this.#base === 0 && range.from === 0) this.#lines.look(this.#bytes.subarray(0, this.#filled));
    this.#state = findKeywords(this.#rules.automaton, this.#bytes, range, this.#state, this.#hits);
    this.#scanned = this.#filled;
    const { keywords, ends } = this.#hits;
    let next = 0;
    while (next < keywords.length) {
      const keyword = this.#rules.keywords[keywords[next] ?? 0];
      const start = (ends[next] ?? 0) - (keyword?.bytes.length ?? 0);
      if (keyword !== undefined && !isLast && start + keyword.reach > this.#filled) break;
      if (keyword !== undefined) this.#tryAt(keyword, start);
      next++;
    }
    keywords.splice(0, next);
    ends.splice(0, next);
    this.#tryRanges();
    this.#tryEverywhere(isLast);
    if (!isLast) this.#discard(this.#firstNeeded());
  }

  /** Tries the rules of a keyword that starts at `start`. */
  #tryAt(keyword: Keyword, start: number): void {
    if (keyword.isExact && !startsWith(this.#bytes, start, keyword.bytes)) return;
    const step = keyword.isWide ? 2 : 1;
    for (const index of keyword.rules) {
      const compiled = this.#rules.rules[index];
      if (compiled === undefined || !this.#applies(index)) continue;
      const to = Math.min(this.#filled, start + compiled.reach * step);
      if (compiled.before > 0) {
        const from = Math.max(start % step, start - compiled.before * step);
        if (step === 1) this.#addRange(index, { from, to });
        else
          this.#guarded([index], () => this.#tryIn(index, { from, to, isCut: true, continues: false }, step));
      } else this.#guarded([index], () => this.#tryFrom(index, compiled, { start, to, step }));
    }
  }

  /** Tries a pattern at the start of its keyword. */
  #tryFrom(
    index: number,
    compiled: CompiledRule,
    { start, to, step }: { readonly start: number; readonly to: number; readonly step: number },
  ): void {
    const { pattern } = compiled;
    if (pattern === null) return;
    const context = Math.min(CONTEXT, Math.floor(start / step));
    const excerpt = this.#excerpt(start - context * step, to, step);
    pattern.lastIndex = context;
    const match = pattern.exec(excerpt.text);
    if (match !== null) this.#add(index, compiled, match, excerpt);
  }

  #addRange(rule: number, range: { from: number; to: number }): void {
    const ranges = this.#ranges.get(rule);
    if (ranges === undefined) this.#ranges.set(rule, [range]);
    else ranges.push(range);
  }

  #tryRanges(): void {
    if (this.#ranges.size === 0) return;
    this.#guarded([...this.#ranges.keys()], (index) => {
      const compiled = this.#rules.rules[index];
      if (compiled === undefined) return;
      const ranges = [...(this.#ranges.get(index) ?? [])].sort((a, b) => a.from - b.from);
      const length = 2 * (compiled.before + compiled.reach);
      for (const window of windowsOf(ranges, length, -this.#base)) this.#tryIn(index, window);
    });
    this.#ranges.clear();
  }

  /** Tries the rules without keywords, on windows that overlap by half. */
  #tryEverywhere(isLast: boolean): void {
    const length = this.#unkeyedBytes;
    while (length > 0 && (this.#nextWindow + length <= this.#filled || isLast)) {
      const from = this.#nextWindow;
      const to = Math.min(from + length, this.#filled);
      const window = { from, to, isCut: this.#base + from > 0, continues: to < this.#filled || !isLast };
      this.#guarded(this.#unkeyed, (index) => this.#tryIn(index, window));
      if (to === this.#filled) break;
      this.#nextWindow += length / 2;
    }
  }

  #guarded(rules: readonly number[], work: (rule: number) => void): void {
    const isForeign = rules.some((index) => this.#rules.rules[index]?.rule.isForeign === true);
    if (isForeign) this.#guard.run(rules, work);
    else for (const rule of rules) work(rule);
  }

  /** Tries a pattern anywhere in a window. */
  #tryIn(index: number, { from, to, isCut, continues }: Window, step = 1): void {
    const compiled = this.#rules.rules[index];
    if (compiled === undefined || compiled.pattern === null) return;
    const { pattern } = compiled;
    const excerpt = this.#excerpt(from, to, step);
    const { text } = excerpt;
    pattern.lastIndex = 0;
    for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
      const { index: start, 0: whole } = match;
      if (whole === '') pattern.lastIndex++;
      // The window before, or the next one, has all of such a match.
      else if (start === 0 && isCut) continue;
      else if (continues && start + whole.length === text.length && start >= text.length / 2) continue;
      else this.#add(index, compiled, match, excerpt);
    }
  }

  #add(index: number, compiled: CompiledRule, match: RegExpExecArray, excerpt: Excerpt): void {
    const secret = secretOf(compiled, index, match, excerpt);
    if (secret === null) return;
    const key = `${index} ${secret.offset}`;
    if (this.#seen.has(key)) return;
    if (this.#found.length === MAX_SECRETS) {
      this.#more++;
      return;
    }
    this.#seen.add(key);
    const isWhole = secret.isWhole || secret.end >= this.#size;
    this.#found.push({ ...secret, isWhole, line: this.#lines.at(this.#bytes, secret.offset - this.#base) });
  }

  #addWholeFile(rule: number): void {
    const compiled = this.#rules.rules[rule];
    if (compiled === undefined || compiled.pattern !== null) return;
    const { severity } = compiled.rule;
    const content = { offset: 0, end: this.#size, isWhole: true, line: null };
    this.#found.push({ rule, severity, secret: '', prefix: '', ...content });
  }

  #applies(index: number): boolean {
    const known = this.#decisions[index];
    if (known !== UNKNOWN) return known === APPLIES;
    const rule = this.#rules.rules[index]?.rule;
    let applies = false;
    if (rule !== undefined)
      this.#guarded([index], () => (applies = isFor(rule, { place: this.#within, path: this.#path })));
    this.#decisions[index] = applies ? APPLIES : EXCLUDED;
    return applies;
  }

  #excerpt(from: number, to: number, step: number): Excerpt {
    const text = step === 1 ? this.#bytes.toString('latin1', from, to) : narrowed(this.#bytes, from, to);
    return { text, offset: this.#base + from, step, path: this.#path };
  }

  /** Returns the position of the first byte that a later window can contain. */
  #firstNeeded(): number {
    const [keyword] = this.#hits.keywords;
    const [end] = this.#hits.ends;
    const hit = keyword === undefined ? undefined : this.#rules.keywords[keyword];
    const pending =
      hit === undefined || end === undefined ? this.#filled : end - hit.bytes.length - hit.before;
    const unkeyed = this.#unkeyedBytes > 0 ? this.#nextWindow : this.#filled;
    return Math.max(0, Math.min(this.#filled - this.#rules.before, pending, unkeyed));
  }

  #discard(count: number): void {
    this.#lines.pass(this.#bytes, count);
    if (this.#bytes === this.#own) this.#own.copyWithin(0, count, this.#filled);
    this.#base += count;
    this.#filled -= count;
    this.#scanned -= count;
    this.#nextWindow -= count;
    const { ends } = this.#hits;
    for (let i = 0; i < ends.length; i++) ends[i] = (ends[i] ?? 0) - count;
  }
}

function startsWith(bytes: Uint8Array, at: number, expected: Uint8Array): boolean {
  for (let i = 0; i < expected.length; i++) if (bytes[at + i] !== expected[i]) return false;
  return true;
}

/** Returns every second byte as text: UTF-16 of either byte order with letters of ASCII. */
function narrowed(bytes: Uint8Array, from: number, to: number): string {
  const codes: number[] = [];
  for (let at = from; at < to; at += 2) {
    const other = bytes[at + 1] ?? 0;
    codes.push(other === 0 || at + 1 >= to ? (bytes[at] ?? 0) : 0);
  }
  return String.fromCharCode(...codes);
}
