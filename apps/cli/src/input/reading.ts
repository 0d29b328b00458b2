import type { Archive, ImageDescription, LayerCache, ReadOptions } from '@layers/core/image';
import type { ImageChoice, Input } from './open-input.js';
import type { Resources } from './resources.js';

/** What a command reads of its images. */
export interface Reading {
  /** Whether every digest is computed. */
  readonly verify?: boolean;
  /** Whether file contents are read after the layers: a pipe is then copied to a file first. */
  readonly contents?: boolean;
  /** Whether file contents are compared after the layers were read: a pipe is then copied to a file first. */
  readonly compares?: boolean;
  /** Whether layers of the store that do not match their digests are read too. */
  readonly acceptsDamage?: boolean;
  /** Returns the part of the chosen image that is read, such as its lower layers. Errors get the name of the archive. */
  readonly part?: ((image: ImageDescription) => ImageDescription) | undefined;
  /** Whether the command shows artifacts too, which have layers, but no root file system. */
  readonly artifacts?: boolean;
  /** Whether the command only shows the image, so that what earlier runs kept of its layers is enough. */
  readonly reuses?: boolean;
  /** Whether single files are read after the layers, in any order. */
  readonly files?: boolean;
  /** Whether images of registries need not be read if tables of contents list their files and the digests of contents. */
  readonly listed?: boolean;
  /** The key of fingerprints, where contents are compared with those of an image that is open. */
  readonly fingerprintKey?: Archive['fingerprintKey'] | undefined;
  /** Whether layers of a registry need not be read whose files an index or a table of contents lists. */
  readonly lazy?: boolean;
}

/** How to read an input. */
export interface Started {
  readonly options: ReadOptions;
  /** To be called before any output: a progress bar may be on the terminal. */
  readonly endProgress: () => void;
}

/** An open archive, and the options to read it. */
export interface Opened extends Started {
  readonly archive: Archive;
  readonly input: Input;
}

/** Opens the inputs of a command. They stay open until the command is done. */
export interface InputOpener extends Resources {
  /**
   * Returns the options to read an input with. A progress bar shows reading that takes long. The work ends the progress
   * before it writes anything.
   */
  start(input: Input): Started;
  /** Opens the archive that an input is. */
  open(input: Input, choice: ImageChoice, reading: Reading): Promise<Opened>;
  /** The cache for work that only shows images; undefined where there is none. */
  readonly cache: LayerCache | undefined;
  /** Whether the user wants nothing of earlier runs, and whole layers. */
  readonly readsAll: boolean;
  /** Whether notes are not printed. */
  readonly isQuiet: boolean;
}
