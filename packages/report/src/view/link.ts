import { type Colouring, colouringsOf } from './colours.js';
import { GROUPINGS, type Grouping, SHAPES, type Shape } from './picture.js';

/** What is shown, as it is in the address of the page. */
export interface Shown {
  /** The names from the root to the selected path. */
  readonly names: readonly string[];
  /** How many of these names lead to the directory that fills the picture. */
  readonly zoom: number;
  /** The layer that alone is shown; -1 for all. */
  readonly layer: number;
  readonly grouping: Grouping;
  readonly shape: Shape;
  readonly colouring: Colouring;
  /** The table that is shown; empty for the first. */
  readonly table: string;
}

/** Returns what a report shows first. */
export function firstShown(isComparison: boolean): Shown {
  const [colouring = 'layer'] = colouringsOf(isComparison);
  return { names: [], zoom: 0, layer: -1, grouping: 'directory', shape: 'treemap', colouring, table: '' };
}

/** Returns the fragment of a link: `#/usr/lib?by=layer`. What is as at first is left out. */
export function linkOf(shown: Shown, isComparison = false): string {
  const first = firstShown(isComparison);
  const settings = new URLSearchParams();
  if (shown.zoom > 0) settings.set('zoom', String(shown.zoom));
  if (shown.layer !== -1) settings.set('layer', String(shown.layer));
  if (shown.grouping !== first.grouping) settings.set('by', shown.grouping);
  if (shown.shape !== first.shape) settings.set('as', shown.shape);
  if (shown.colouring !== first.colouring) settings.set('colour', shown.colouring);
  if (shown.table !== '') settings.set('table', shown.table);
  const query = settings.toString();
  return `#/${shown.names.map(encodeURIComponent).join('/')}${query === '' ? '' : `?${query}`}`;
}

/** Reads a fragment. What it does not understand is as at first. */
export function readLink(fragment: string, isComparison = false): Shown {
  const first = firstShown(isComparison);
  const names = namesIn(fragment);
  const settings = settingsIn(fragment);
  return {
    names,
    zoom: Math.min(wholeNumber(settings.get('zoom'), first.zoom), names.length),
    layer: wholeNumber(settings.get('layer'), first.layer),
    grouping: oneOf(GROUPINGS, settings.get('by'), first.grouping),
    shape: oneOf(SHAPES, settings.get('as'), first.shape),
    colouring: oneOf(colouringsOf(isComparison), settings.get('colour'), first.colouring),
    table: settings.get('table') ?? '',
  };
}

/** Returns the names in the path of a fragment. */
export function namesIn(fragment: string): string[] {
  const [path = ''] = fragment.replace(/^#/, '').split('?');
  return path
    .split('/')
    .filter((name) => name !== '')
    .map(decodeName);
}

/** Returns what follows the path of a fragment. */
export function settingsIn(fragment: string): URLSearchParams {
  return new URLSearchParams(fragment.replace(/^[^?]*/, ''));
}

export function wholeNumber(text: string | null, first: number): number {
  return text !== null && /^\d{1,4}$/.test(text) ? Number(text) : first;
}

export function oneOf<Word extends string | null>(
  words: readonly Word[],
  text: string | null,
  first: Word,
): Word {
  return words.find((word) => word === text) ?? first;
}

function decodeName(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
