import { createPathMatcher } from '@layers/core/diff';
import { Kind, NONE, nodePath, ROOT } from '@layers/core/rootfs';
import { isLayersError } from '@layers/errors';
import { Mark, STEP } from './changes.js';
import type { LayerRange } from './layer-range.js';
import type { PathIndex } from './path-index.js';
import type { Wasted } from './wasted.js';

/** Conditions on paths. */
export interface Filter {
  /** As it was typed. */
  readonly text: string;
  /** Each must match the name, or the path where it contains a slash. */
  readonly names: readonly ((name: string, path: () => string) => boolean)[];
  readonly minBytes: number;
  readonly maxBytes: number;
  /** The marks that are shown; null for all. */
  readonly marks: readonly number[] | null;
  /** A layer that must have touched the path; null for any. */
  readonly layer: number | null;
  /** The first of the layers of which one must have touched the path. */
  readonly from: number;
}

/** What a filter must know of a layer. */
export interface NamedLayer {
  readonly label?: string;
  readonly isBase?: boolean;
}

/** Returns the position of a layer; null where two images have layers, and none has this name. */
function layerNamed(name: string, layers: readonly NamedLayer[]): number | null {
  if (layers.every(({ label }) => label === undefined)) return /^\d/.test(name) ? Number(name) : null;
  const position = layers.findIndex(({ label }) => label === name);
  return position === -1 ? null : position;
}

export const NO_FILTER: Filter = {
  text: '',
  names: [],
  minBytes: 0,
  maxBytes: Number.POSITIVE_INFINITY,
  marks: null,
  layer: null,
  from: 0,
};

const MARKS: Readonly<Record<string, number>> = {
  '+': Mark.added,
  '~': Mark.changed,
  '-': Mark.deleted,
  '=': Mark.same,
};
const UNITS: Readonly<Record<string, number>> = { '': 1, k: 1e3, m: 1e6, g: 1e9 };

/**
 * Parses the words of a filter: `>1M` and `<10k` are sizes, `+`, `~`, `-` and `=` kinds of change, `layer:2` a layer that
 * touched the path; `own` is what layers above the base touched; a glob or a part of a name is anything else. Returns a sentence about a word that is wrong.
 */
export function parseFilter(
  text: string,
  layers: readonly NamedLayer[] = [],
): Filter | { readonly problem: string } {
  const filter = { ...NO_FILTER, text: text.trim() };
  const names: Filter['names'][number][] = [];
  let marks: number[] = [];
  for (const word of filter.text.split(/\s+/)) {
    if (word === '') continue;
    if (/^[+~=-]+$/.test(word)) {
      marks = [...marks, ...[...word].map((sign) => MARKS[sign] ?? Mark.same)];
      continue;
    }
    const size = /^([<>])(\d{1,12}(?:\.\d{1,6})?)([kmg]?)b?$/i.exec(word);
    if (size !== null) {
      const bytes = Number(size[2]) * (UNITS[(size[3] ?? '').toLowerCase()] ?? 1);
      if (size[1] === '>') filter.minBytes = Math.floor(bytes) + 1;
      else filter.maxBytes = Math.ceil(bytes) - 1;
      continue;
    }
    const layer = /^layer:([ab]?\d{1,6})$/i.exec(word);
    if (layer !== null) {
      const position = layerNamed((layer[1] ?? '').toUpperCase(), layers);
      if (position === null) return { problem: `${word}: no layer has this name` };
      filter.layer = position;
      continue;
    }
    if (word === 'own') {
      filter.from = layers.findLastIndex(({ isBase }) => isBase === true) + 1;
      if (filter.from === 0)
        return { problem: 'own: the layers of the base are not known: start with --base IMAGE' };
      continue;
    }
    if (/^[<>]/.test(word)) return { problem: `${word} is not a size: write >10M or <1k` };
    try {
      names.push(nameTest(word));
    } catch (error) {
      if (!isLayersError(error)) throw error;
      return { problem: error.message };
    }
  }
  return { ...filter, names, marks: marks.length === 0 ? null : marks };
}

/** Returns a test of names: by a glob, else by a part, without regard to case where the word has no capitals. */
export function nameTest(word: string): (name: string, path: () => string) => boolean {
  const onPath = word.includes('/');
  if (/[*?[{]/.test(word)) {
    const matches = createPathMatcher([word]);
    return onPath ? (_name, path) => matches(path()) : (name) => matches(`/${name}`);
  }
  if (word !== word.toLowerCase()) {
    return onPath ? (_name, path) => path().includes(word) : (name) => name.includes(word);
  }
  return onPath
    ? (_name, path) => path().toLowerCase().includes(word)
    : (name) => name.toLowerCase().includes(word);
}

/** What to do where `needsLayer` holds. */
export const NEEDS_LAYER = '+ ~ - need a layer: select one, Ctrl-A shows all changes';

/** Whether a filter wants changes of layers where none are shown. */
export function needsLayer({ marks }: Filter, range: LayerRange): boolean {
  return !range.marks && marks !== null && !marks.includes(Mark.same);
}

/** Whether a filter excludes anything. */
export function isFiltering(filter: Filter): boolean {
  return (
    filter.names.length > 0 ||
    filter.minBytes > 0 ||
    filter.maxBytes !== Number.POSITIVE_INFINITY ||
    filter.marks !== null ||
    filter.layer !== null ||
    filter.from > 0
  );
}

/**
 * Returns 1 for each node that meets the conditions. What is in a directory whose name matches, matches too. Sizes are
 * wasted bytes where these are given.
 */
export function* selectNodes(
  index: PathIndex,
  marks: Uint8Array,
  range: LayerRange,
  filter: Filter,
  wasted: Wasted | null = null,
): Generator<undefined, Uint8Array> {
  const { count, events } = index;
  const { names, minBytes, maxBytes } = filter;
  const bySize = minBytes > 0 || maxBytes !== Number.POSITIVE_INFINITY;
  const named = new Uint8Array(count);
  const selected = new Uint8Array(count);
  for (let node = ROOT + 1; node < count; node++) {
    if (node % STEP === 0) yield;
    if (names.length > 0 && named[index.parentOf(node)] !== 1) {
      const name = Buffer.from(index.nameOf(node)).toString('utf8');
      const path = () => Buffer.from(nodePath(events.union, node)).toString('utf8');
      if (names.every((test) => test(name, path))) named[node] = 1;
    } else named[node] = 1;
    const mark = marks[node] ?? Mark.absent;
    if (mark === Mark.absent || named[node] !== 1) continue;
    if (filter.marks !== null && !filter.marks.includes(mark)) continue;
    if (filter.layer !== null && !touches(index, node, filter.layer)) continue;
    if (filter.from > 0 && !touchesFrom(index, node, filter.from, range.to)) continue;
    if (bySize) {
      const state = wasted === null ? index.stateIn(node, range) : null;
      const bytes =
        state !== null && state.kind === Kind.file ? index.sizeOf(state) : (wasted?.bytes[node] ?? -1);
      if (bytes < Math.max(0, minBytes) || bytes > maxBytes) continue;
    }
    selected[node] = 1;
  }
  return selected;
}

function touchesFrom(index: PathIndex, node: number, from: number, to: number): boolean {
  const event = index.eventAt(node, to);
  return event !== NONE && index.events.layerOf(event) >= from;
}

function touches(index: PathIndex, node: number, layer: number): boolean {
  const event = index.eventAt(node, layer);
  return event !== NONE && index.events.layerOf(event) === layer;
}
