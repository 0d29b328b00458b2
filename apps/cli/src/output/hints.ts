import { type ErrorCode, isLayersError, type LayersError } from '@layers/errors';
import { CommandError } from '../command-error.js';

/** The options that choose an image; those of the second image of `diff` have names of their own. */
export interface SelectionNames {
  readonly image: string;
  readonly platform: string;
}

const USUAL: SelectionNames = { image: '--image', platform: '--platform' };

/**
 * What to type about an error that a library reports, by its code. A library's own hint says what a program can do; it
 * is printed for codes that the table lacks, and where an entry returns undefined.
 */
const HINTS: Partial<Record<ErrorCode, (error: LayersError, names: SelectionNames) => string | undefined>> = {
  ERR_LAYERS_IMAGE_AMBIGUOUS: chooseImage,
  ERR_LAYERS_IMAGE_NOT_FOUND: (error, names) =>
    choicesOf(error) === '' ? 'layers images lists the images of the store' : chooseImage(error, names),
  ERR_LAYERS_IMAGE_REFERENCED: ({ message }) =>
    message.includes('platforms')
      ? 'remove the image for all platforms by its name, or add --force'
      : 'remove each of its names, or all of them with --force',
  ERR_LAYERS_PATH_NOT_FOUND: pathHint,
  ERR_LAYERS_NOT_A_FILE: ({ hint = '' }) =>
    /circle|loop/.test(hint) ? undefined : 'layers ls -l IMAGE PATH shows its type',
  ERR_LAYERS_OUTPUT_EXISTS: ({ message, hint = '' }) => {
    if (hint.includes('layout')) return undefined;
    return message.includes('not empty')
      ? 'name a new directory, or add --force to replace existing files'
      : 'name another output, or add --force to replace this one';
  },
  ERR_LAYERS_LAYER_COMPRESSION: ({ hint = '' }) =>
    hint.includes('every loader') ? 'add --compression gzip, which every loader accepts' : undefined,
  ERR_LAYERS_BLOB_MISMATCH: () => 'the input is damaged: layers verify IMAGE shows what is wrong with it',
  ERR_LAYERS_STORE_BLOB: () =>
    'load the image again, which repairs it; layers store check reports what else is wrong',
  ERR_LAYERS_NOT_AN_IMAGE: ({ hint = '' }) =>
    hint.includes('root file system')
      ? 'this looks like a root file system, as docker export writes it: layers import FILE NAME makes an image of it'
      : undefined,
  ERR_LAYERS_NOT_A_ROOTFS: ({ archive, message }) => {
    if (message.includes('image archive'))
      return `layers load ${archive === undefined || archive === 'standard input' ? '' : `-i ${archive} `}loads it as an image`;
    return archive === undefined
      ? undefined
      : `archive the directory: tar -C ${archive} -c . | layers import -`;
  },
  ERR_LAYERS_DAEMON_LOAD: ({ hint = '' }) =>
    hint.includes('zstd')
      ? 'Docker 20.10 does not accept zstd layers: rewrite them with layers repack --compression gzip'
      : undefined,
};

/** Returns what to try about an error, in words of the command line. */
export function hintFor(error: LayersError, names: SelectionNames = USUAL): string | undefined {
  if (error instanceof CommandError) return error.hint;
  return HINTS[error.code]?.(error, names) ?? error.hint;
}

/** Returns an error of choosing the second image of `diff` with a hint that names that image's options. */
export function withSelectionNames(error: unknown, names: SelectionNames): unknown {
  if (!isLayersError(error)) return error;
  const { code, message, archive, file, offset } = error;
  const hint = hintFor(error, names);
  return new CommandError(code, message, { archive, file, offset, hint, cause: error });
}

function chooseImage(error: LayersError, { image, platform }: SelectionNames): string {
  const choices = choicesOf(error);
  const how = `choose with ${image} (a tag, an id prefix or '#2') or ${platform}`;
  return choices === '' ? how : `${how}: ${choices}`;
}

/** The images that the library lists behind the first colon of its hint, if it lists any. */
function choicesOf({ hint = '' }: LayersError): string {
  const colon = hint.indexOf(': ');
  return colon < 0 ? '' : hint.slice(colon + 2);
}

function pathHint({ message, hint = '' }: LayersError): string | undefined {
  const own = /^layer (\d+) has no/.exec(message)?.[1];
  if (own !== undefined) return `layers ls --layer ${own} IMAGE lists its entries`;
  const hidden = /^layer (\d+)/.exec(hint)?.[1];
  if (hidden !== undefined) return `layer ${hidden} has it and a later layer hides it: add --layer ${hidden}`;
  return hint.includes('findings') ? undefined : 'layers ls -R IMAGE lists the paths of the image';
}
