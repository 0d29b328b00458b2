/** A deterministic automaton that finds many keywords in one pass over bytes (Aho and Corasick, 1975). */
export interface KeywordAutomaton {
  /** The class of each byte. Bytes that no keyword has share class 0; the two cases of a letter share one. */
  readonly classes: Uint8Array;
  /** The next state for each state and class. A state is the position of its row. */
  readonly table: Uint32Array;
  /** The first of the states in which a keyword ends; they come after all others. */
  readonly firstAccepting: number;
  /** The keywords that end in an accepting state, by their positions; index `(state - firstAccepting) / width`. */
  readonly outputs: readonly (readonly number[])[];
  /** The number of classes: the length of a row. */
  readonly width: number;
  /** The bytes of the longest keyword. */
  readonly longest: number;
}

const NONE = -1;

/** Builds the automaton of keywords, none of them empty. ASCII letters match in both cases. */
export function buildAutomaton(keywords: readonly Uint8Array[]): KeywordAutomaton {
  const lower = keywords.map((keyword) => keyword.map(lowerCase));
  const { classes, width } = classesOf(lower);
  const { next, ends } = trieOf(lower, classes, width);
  const { failures, order } = addFailures(next, width);
  const outputs = next.map((_, state) => ends[state] ?? []);
  for (const state of order) {
    const inherited = outputs[failures[state] ?? 0] ?? [];
    if (inherited.length > 0) outputs[state] = [...(outputs[state] ?? []), ...inherited];
  }
  const longest = lower.reduce((most, { length }) => Math.max(most, length), 0);
  return { classes, width, longest, ...renumber(next, outputs, width) };
}

function lowerCase(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte;
}

function classesOf(keywords: readonly Uint8Array[]): { classes: Uint8Array; width: number } {
  const classes = new Uint8Array(256);
  let width = 1;
  for (const keyword of keywords) {
    for (const byte of keyword) if (classes[byte] === 0) classes[byte] = width++;
  }
  for (let byte = 0x41; byte <= 0x5a; byte++) classes[byte] = classes[lowerCase(byte)] ?? 0;
  return { classes, width };
}

function trieOf(keywords: readonly Uint8Array[], classes: Uint8Array, width: number) {
  const next: Int32Array[] = [new Int32Array(width).fill(NONE)];
  const ends: number[][] = [[]];
  for (const [index, keyword] of keywords.entries()) {
    let state = 0;
    for (const byte of keyword) {
      const row = next[state];
      const column = classes[byte] ?? 0;
      if (row === undefined) break;
      let child = row[column] ?? NONE;
      if (child === NONE) {
        child = next.length;
        row[column] = child;
        next.push(new Int32Array(width).fill(NONE));
        ends.push([]);
      }
      state = child;
    }
    ends[state]?.push(index);
  }
  return { next, ends };
}

/** Fills the gaps of the rows, breadth first. Returns the state to which each one falls back, and the order. */
function addFailures(next: readonly Int32Array[], width: number) {
  const failures = new Int32Array(next.length);
  const order: number[] = [];
  const root = next[0];
  for (let column = 0; root !== undefined && column < width; column++) {
    const child = root[column] ?? NONE;
    if (child === NONE) root[column] = 0;
    else order.push(child);
  }
  for (let at = 0; at < order.length; at++) {
    const state = order[at] ?? 0;
    const row = next[state];
    const fallback = next[failures[state] ?? 0];
    if (row === undefined || fallback === undefined) continue;
    for (let column = 0; column < width; column++) {
      const child = row[column] ?? NONE;
      if (child === NONE) row[column] = fallback[column] ?? 0;
      else {
        failures[child] = fallback[column] ?? 0;
        order.push(child);
      }
    }
  }
  return { failures, order };
}

/** Moves the accepting states to the end, so that one comparison recognises them, and joins the rows. */
function renumber(next: readonly Int32Array[], outputs: readonly (readonly number[])[], width: number) {
  const isAccepting = (state: number): boolean => (outputs[state] ?? []).length > 0;
  const states = next.map((_, state) => state);
  const sorted = [
    ...states.filter((state) => !isAccepting(state)),
    ...states.filter((state) => isAccepting(state)),
  ];
  const positions = new Uint32Array(next.length);
  for (const [at, state] of sorted.entries()) positions[state] = at * width;
  const table = new Uint32Array(next.length * width);
  for (const [at, state] of sorted.entries()) {
    const row = next[state];
    for (let column = 0; column < width; column++)
      table[at * width + column] = positions[row?.[column] ?? 0] ?? 0;
  }
  const plain = states.filter((state) => !isAccepting(state)).length;
  return {
    table,
    firstAccepting: plain * width,
    outputs: sorted.slice(plain).map((state) => outputs[state] ?? []),
  };
}
