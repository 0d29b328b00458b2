import type { ReportFacts } from '../data/index.js';
import type { Shown } from '../view/link.js';
import type { Paths } from '../view/paths.js';
import type { Contents } from '../view/picture.js';

/** What all parts of the page share. */
export interface Place {
  readonly facts: ReportFacts;
  readonly paths: Paths;
  readonly contents: Contents;
  readonly shown: Shown;
  /** The selected path; the root where the link names none. */
  readonly selected: number;
  /** The directory that fills the picture. */
  readonly top: number;
  /** Shows something else: what is not given stays. */
  readonly show: (change: Partial<Shown>) => void;
  /** Selects a path; the picture stays where it shows the path. */
  readonly select: (path: number, change?: Partial<Shown>) => void;
  /** Returns the address of a path. */
  readonly hrefOf: (path: number, change?: Partial<Shown>) => string;
}
