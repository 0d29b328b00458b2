import { namesIn, oneOf, settingsIn, wholeNumber } from '../link.js';
import { SIZINGS, type Sizing } from './fleet.js';
import { FLEET_COLOURINGS, type FleetColouring } from './fleet-colours.js';
import { MATRIX_ROWS, type MatrixRows, SHADES, type Shade } from './matrix.js';

/** What the page about a fleet shows, as it is in its address. */
export interface FleetShown {
  /** The names that lead to what is selected: a repository, an image, the position of a layer. */
  readonly names: readonly string[];
  /** How many of these names lead to what fills the picture. */
  readonly zoom: number;
  readonly sizing: Sizing;
  readonly colouring: FleetColouring;
  /** Null for what fits the number of images. */
  readonly rows: MatrixRows | null;
  readonly shade: Shade;
  /** The table that is shown; empty for the first. */
  readonly table: string;
}

const FIRST: FleetShown = {
  names: [],
  zoom: 0,
  sizing: 'in each image',
  colouring: 'sharing',
  rows: null,
  shade: 'bytes',
  table: '',
};

/** Returns the fragment of a link: `#/app/app%3A1.0?colour=base`. What is as at first is left out. */
export function fleetLink(shown: FleetShown): string {
  const settings = new URLSearchParams();
  if (shown.zoom > 0) settings.set('zoom', String(shown.zoom));
  if (shown.sizing !== FIRST.sizing) settings.set('layers', shown.sizing);
  if (shown.colouring !== FIRST.colouring) settings.set('colour', shown.colouring);
  if (shown.rows !== null) settings.set('rows', shown.rows);
  if (shown.shade !== FIRST.shade) settings.set('shade', shown.shade);
  if (shown.table !== '') settings.set('table', shown.table);
  const query = settings.toString();
  return `#/${shown.names.map(encodeURIComponent).join('/')}${query === '' ? '' : `?${query}`}`;
}

/** Reads a fragment. What it does not understand is as at first. */
export function readFleetLink(fragment: string): FleetShown {
  const names = namesIn(fragment);
  const settings = settingsIn(fragment);
  return {
    names,
    zoom: Math.min(wholeNumber(settings.get('zoom'), FIRST.zoom), names.length),
    sizing: oneOf(SIZINGS, settings.get('layers'), FIRST.sizing),
    colouring: oneOf(FLEET_COLOURINGS, settings.get('colour'), FIRST.colouring),
    rows: oneOf([...MATRIX_ROWS, null], settings.get('rows'), null),
    shade: oneOf(SHADES, settings.get('shade'), FIRST.shade),
    table: settings.get('table') ?? '',
  };
}
