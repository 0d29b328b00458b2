import type { KeywordAutomaton } from './keyword-automaton.js';

/** Keywords that were found in a buffer: which, and where they end. */
export interface KeywordHits {
  readonly keywords: number[];
  readonly ends: number[];
}

/** A range of the positions of a buffer. */
interface Range {
  readonly from: number;
  readonly to: number;
}

/** Shorter ranges are not worth the start of several lanes. */
const LEAST_LANE_BYTES = 512;

/**
 * Finds the keywords in a range of bytes, in the order of their ends. Returns the state at its end, to continue from. The
 * start state is 0.
 *
 * Most bytes of an image pass here, and nowhere else. Each step waits for the one before, so that four quarters of a range
 * are read in turn: the state of an automaton depends on no more bytes than the longest keyword has.
 */
export function findKeywords(
  automaton: KeywordAutomaton,
  bytes: Uint8Array,
  range: Range,
  state: number,
  hits: KeywordHits,
): number {
  const lane = (range.to - range.from) >> 2;
  if (lane < Math.max(LEAST_LANE_BYTES, automaton.longest))
    return findIn(automaton, bytes, range, state, hits);
  const { classes, table, firstAccepting, longest } = automaton;
  const second = range.from + lane;
  const third = second + lane;
  const fourth = third + lane;
  const stateAt = (at: number): number => {
    let current = 0;
    for (let i = at - longest; i < at; i++) current = table[current + (classes[bytes[i] ?? 0] ?? 0)] ?? 0;
    return current;
  };
  let a = state;
  let b = stateAt(second);
  let c = stateAt(third);
  let d = stateAt(fourth);
  const [ofSecond, ofThird, ofFourth] = [noHits(), noHits(), noHits()];
  for (let at = range.from; at < second; at++) {
    a = table[a + (classes[bytes[at] ?? 0] ?? 0)] ?? 0;
    b = table[b + (classes[bytes[at + lane] ?? 0] ?? 0)] ?? 0;
    c = table[c + (classes[bytes[at + 2 * lane] ?? 0] ?? 0)] ?? 0;
    d = table[d + (classes[bytes[at + 3 * lane] ?? 0] ?? 0)] ?? 0;
    if (a >= firstAccepting) addHits(automaton, a, at + 1, hits);
    if (b >= firstAccepting) addHits(automaton, b, at + lane + 1, ofSecond);
    if (c >= firstAccepting) addHits(automaton, c, at + 2 * lane + 1, ofThird);
    if (d >= firstAccepting) addHits(automaton, d, at + 3 * lane + 1, ofFourth);
  }
  for (const { keywords, ends } of [ofSecond, ofThird, ofFourth]) {
    for (const keyword of keywords) hits.keywords.push(keyword);
    for (const end of ends) hits.ends.push(end);
  }
  return findIn(automaton, bytes, { from: fourth + lane, to: range.to }, d, hits);
}

function findIn(
  automaton: KeywordAutomaton,
  bytes: Uint8Array,
  { from, to }: Range,
  state: number,
  hits: KeywordHits,
): number {
  const { classes, table, firstAccepting } = automaton;
  let current = state;
  for (let at = from; at < to; at++) {
    current = table[current + (classes[bytes[at] ?? 0] ?? 0)] ?? 0;
    if (current >= firstAccepting) addHits(automaton, current, at + 1, hits);
  }
  return current;
}

function addHits(
  { outputs, firstAccepting, width }: KeywordAutomaton,
  state: number,
  end: number,
  hits: KeywordHits,
): void {
  for (const keyword of outputs[(state - firstAccepting) / width] ?? []) {
    hits.keywords.push(keyword);
    hits.ends.push(end);
  }
}

function noHits(): KeywordHits {
  return { keywords: [], ends: [] };
}
