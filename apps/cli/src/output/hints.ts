import { type ErrorCode, isLayersError, type LayersError } from '@layers/errors';
import { CommandError } from '../command-error.js';
import { loginHint, missingInRegistry, registryHint } from './registry-hints.js';
import { shellWord } from './shell-word.js';
import { writeHint } from './write-hint.js';

/** The options that select an image; `diff` has other names for those of its second image. */
export interface SelectionNames {
  readonly image: string;
  readonly platform: string;
}

const USUAL: SelectionNames = { image: '--image', platform: '--platform' };

type Hint = (error: LayersError, names: SelectionNames) => string | undefined;

/** Uses the library's own hint, since no option or command of ours helps. */
const ofLibrary: Hint = () => undefined;
const saveAgain = ({ archive }: LayersError): string =>
  isInRegistry(archive) ? 'the image in the registry is damaged: push it again' : saveAgainText();
const again: Hint = () => 'another process writes to it: run the command again when it is done';

/**
 * Hints for the errors of libraries, for every code: what to type. If an entry returns undefined, the library's own
 * hint is printed, which says what a program can do.
 */
const HINTS: Readonly<Record<ErrorCode, Hint>> = {
  ERR_LAYERS_USAGE: ofLibrary,
  ERR_LAYERS_TERMINAL: ofLibrary,
  ERR_LAYERS_TRANSPORT: ofLibrary,
  ERR_LAYERS_IMAGE_AMBIGUOUS: chooseImage,
  ERR_LAYERS_IMAGE_NOT_FOUND: (error, names) =>
    missingInRegistry(error) ??
    (choicesOf(error) === '' ? 'layers images lists the images of the store' : chooseImage(error, names)),
  ERR_LAYERS_IMAGE_REFERENCED: ({ message }) =>
    message.includes('platforms')
      ? 'remove the image for all platforms by its name, or add --force'
      : 'remove each of its names, or all of them with --force',
  ERR_LAYERS_PATH_NOT_FOUND: pathHint,
  ERR_LAYERS_LAYER_NOT_FOUND: ({ message, hint = '' }) =>
    message.endsWith('no layers') ? undefined : `${hint}: layers history IMAGE lists them`,
  ERR_LAYERS_NOT_A_FILE: ({ hint = '' }) =>
    /circle|loop/.test(hint) ? undefined : 'layers ls -l IMAGE PATH shows its type',
  ERR_LAYERS_PLATFORM: ofLibrary,
  ERR_LAYERS_REFERENCE: ofLibrary,
  ERR_LAYERS_NEEDS_FILE: () => 'save the archive to a file first: COMMAND > FILE',
  ERR_LAYERS_OUTPUT_EXISTS: ({ message, hint = '' }) => {
    if (hint.includes('layout')) return undefined;
    if (hint.includes('is replaced'))
      return 'name a new directory, or an OCI layout, to which the image is added';
    return message.includes('not empty')
      ? 'name a new directory, or add --force to replace existing files'
      : 'name another output, or add --force to replace this one';
  },
  ERR_LAYERS_INPUT_NAME: () => 'rename the file; --delete PATH deletes a path of the image',
  ERR_LAYERS_DOCKERFILE: ofLibrary,
  ERR_LAYERS_NOT_A_ROOTFS: ({ archive, message }) => {
    if (message.includes('image archive')) {
      return `load it as an image: layers load${isPipe(archive) ? '' : ` -i ${fileOf(archive)}`}`;
    }
    return archive === undefined ? undefined : `archive it: tar -C ${fileOf(archive)} -c . | layers import -`;
  },
  ERR_LAYERS_TEMPLATE: ({ hint }) => hint ?? '--format json shows the names that a template can use',
  ERR_LAYERS_INPUT_MISSING: ofLibrary,
  ERR_LAYERS_READ: ({ archive, message }) =>
    message.includes('permission denied') && archive !== undefined
      ? `ls -ld ${fileOf(archive)} shows who can read it`
      : undefined,
  ERR_LAYERS_NOT_AN_IMAGE: ({ archive, message, hint = '' }) => {
    if (hint.includes('import the root file system'))
      return `layers import ${fileOf(archive, '-')} NAME makes an image of it`;
    if (hint.includes('import it'))
      return message.includes('a directory')
        ? `if its files are a root file system: tar -C ${fileOf(archive)} -c . | layers import - NAME`
        : `if its files are a root file system, layers import ${fileOf(archive, '-')} NAME makes an image of it`;
    if (message.includes(', but ')) return withFile(hint, archive);
    if (!message.includes('empty'))
      return 'docker save -o FILE IMAGE writes an image archive; layers images lists the images of the store';
    return isPipe(archive)
      ? 'the command before the pipe wrote nothing: run it alone to see why'
      : 'save the image again: docker save -o FILE IMAGE';
  },
  ERR_LAYERS_NO_IMAGE: ({ archive, message, hint = '' }) =>
    message.startsWith('not an image')
      ? !hint.includes('used here')
        ? undefined
        : `layers inspect ${fileOf(archive, '-')} shows it; this command needs a container image`
      : message.includes('which the archive lacks')
        ? 'the archive has the index alone: save or copy the image with its platforms'
        : /lists no images|has no images/.test(message)
          ? isInRegistry(archive)
            ? 'push the image again, or choose another tag: layers tags lists them'
            : 'its index is empty: build, copy or save the image again'
          : hint.startsWith('copy it')
            ? 'layers copy copies it as it is, to another registry or into a layout: oci:DIR'
            : 'save the image again, by its name: docker save -o FILE NAME:TAG',
  ERR_LAYERS_LIMIT: ({ message }) =>
    /read again|index of the store/.test(message)
      ? undefined
      : 'the image may be malicious; the command has no option to read it',
  ERR_LAYERS_ARCHIVE_LINK: ({ hint }) => hint ?? saveAgainText(),
  ERR_LAYERS_ARCHIVE_FILE: saveAgain,
  ERR_LAYERS_JSON: saveAgain,
  ERR_LAYERS_INDEX: saveAgain,
  ERR_LAYERS_MANIFEST: saveAgain,
  ERR_LAYERS_CONFIG: (error) => (error.message.startsWith('cannot edit') ? undefined : saveAgain(error)),
  ERR_LAYERS_DOCKER_MANIFEST: saveAgain,
  ERR_LAYERS_REPOSITORIES: saveAgain,
  ERR_LAYERS_V1: saveAgain,
  ERR_LAYERS_LAYER_COMPRESSION: ({ hint = '' }) =>
    hint.includes('every loader') ? 'add --compression gzip, which every loader accepts' : undefined,
  ERR_LAYERS_NOT_A_TAR: ({ archive, hint }) =>
    archive === undefined || isPipe(archive)
      ? hint
      : `layers inspect ${fileOf(archive)} shows the rest of the image`,
  ERR_LAYERS_TAR_CHECKSUM: damagedTar,
  ERR_LAYERS_TAR_TRUNCATED: damagedTar,
  ERR_LAYERS_TAR_NUMBER: damagedTar,
  ERR_LAYERS_TAR_EXTENSION_TOO_LARGE: damagedTar,
  ERR_LAYERS_TAR_SPARSE: damagedTar,
  ERR_LAYERS_TAR_UNENCODABLE: () => 'rename the file, or leave it out',
  ERR_LAYERS_GZIP_CORRUPT: damagedData('gzip'),
  ERR_LAYERS_GZIP_TRUNCATED: damagedData('gzip'),
  ERR_LAYERS_GZIP_TRAILING: ofLibrary,
  ERR_LAYERS_ZSTD_CORRUPT: damagedData('zstd'),
  ERR_LAYERS_ZSTD_TRUNCATED: damagedData('zstd'),
  ERR_LAYERS_ZSTD_TRAILING: ofLibrary,
  ERR_LAYERS_ZSTD_WINDOW: decompressFirst('zstd -d --long=31'),
  ERR_LAYERS_ZSTD_DICTIONARY: decompressFirst('zstd -d -D DICTIONARY'),
  ERR_LAYERS_XZ_CORRUPT: damagedData('xz'),
  ERR_LAYERS_XZ_TRUNCATED: damagedData('xz'),
  ERR_LAYERS_XZ_UNSUPPORTED: decompressFirst('xz -dk'),
  ERR_LAYERS_BZIP2_CORRUPT: damagedData('bzip2'),
  ERR_LAYERS_BZIP2_TRUNCATED: damagedData('bzip2'),
  ERR_LAYERS_BZIP2_TRAILING: ofLibrary,
  ERR_LAYERS_DAEMON: ofLibrary,
  ERR_LAYERS_LAYER_MISSING: ({ archive, hint = '' }) => {
    if (hint.includes('can lack'))
      return 'write an OCI layout or archive, which can lack it: oci:DIR, oci-archive:FILE';
    if (hint.includes('distributable')) return undefined;
    return isInRegistry(archive)
      ? 'the image in the registry is incomplete: push it again'
      : 'save the image again with all its layers: docker save -o FILE IMAGE';
  },
  ERR_LAYERS_BLOB_MISMATCH: ({ archive, hint = '' }) =>
    hint.includes('registry')
      ? undefined
      : `the input is damaged: layers verify ${isPipe(archive) ? 'IMAGE' : fileOf(archive)} lists what is wrong with it`,
  ERR_LAYERS_NO_CONFIG: ({ archive, hint }) =>
    hint === undefined && isInRegistry(archive)
      ? 'the config in the registry is incomplete: push the image again'
      : undefined,
  ERR_LAYERS_INPUT_CHANGED: again,
  // The command prints a request for a report in place of any hint.
  ERR_LAYERS_INTERNAL: ofLibrary,
  ERR_LAYERS_COMPRESS: () => 'choose another --compression, or a lower --level',
  ERR_LAYERS_STORE: ({ hint = '' }) =>
    hint.includes('repair')
      ? 'layers store check --repair makes a new index'
      : hint.startsWith('choose ')
        ? hint.replace('choose', 'set LAYERS_STORE to')
        : undefined,
  ERR_LAYERS_STORE_BLOB: () =>
    'load the image again, which repairs it; layers store check reports what else is wrong',
  ERR_LAYERS_ENGINE_MISSING: ofLibrary,
  ERR_LAYERS_REGISTRY: registryHint,
  ERR_LAYERS_REGISTRY_AUTH: loginHint,
  ERR_LAYERS_CREDENTIALS: ofLibrary,
  ERR_LAYERS_QUEUE: ofLibrary,
  ERR_LAYERS_BASELINE: () => 'write a baseline with layers secrets --json IMAGE > FILE',
  ERR_LAYERS_RULES: ofLibrary,
  ERR_LAYERS_BUDGETS: ({ hint = '' }) =>
    hint.startsWith('save one') ? 'save one with layers check --json IMAGE > FILE' : undefined,
  ERR_LAYERS_WRITE_OUTPUT: writeHint,
  ERR_LAYERS_REGISTRY_WRITE: ofLibrary,
  ERR_LAYERS_DAEMON_LOAD: ({ hint = '' }) =>
    hint.includes('zstd')
      ? 'Docker 20.10 does not accept zstd layers: rewrite them with layers repack --compression gzip'
      : undefined,
  ERR_LAYERS_STORE_LOCKED: ofLibrary,
  ERR_LAYERS_SPOOL: ofLibrary,
};

/** Returns what to try about an error, in words of the command line. */
export function hintFor(error: LayersError, names: SelectionNames = USUAL): string | undefined {
  if (error instanceof CommandError) return error.hint;
  return HINTS[error.code](error, names) ?? error.hint;
}

/** Returns an error about the selection of an image with a hint that names the given options. */
export function withSelectionNames(error: unknown, names: SelectionNames): unknown {
  if (!isLayersError(error)) return error;
  const { code, message, archive, file, offset } = error;
  const hint = hintFor(error, names);
  return new CommandError(code, message, { archive, file, offset, hint, cause: error });
}

function saveAgainText(): string {
  return 'the archive is damaged: save the image again, as with docker save -o FILE IMAGE';
}

function isInRegistry(archive: string | undefined): boolean {
  return archive?.startsWith('docker://') === true;
}

function isPipe(archive: string | undefined): boolean {
  return archive === undefined || archive === '-' || archive === 'standard input';
}

/** Returns the archive quoted for a shell; `other` if it came through a pipe. */
function fileOf(archive: string | undefined, other = 'FILE'): string {
  if (archive === undefined || isPipe(archive)) return other;
  return shellWord(archive);
}

/** Names the archive in commands that read it. `docker save -o FILE` writes another file. */
function withFile(hint: string, archive: string | undefined): string {
  return hint.includes('-o FILE') ? hint : hint.replace('FILE', () => fileOf(archive));
}

/** `tar` lists the intact part of a damaged archive; `verify` lists the damage of layers. */
function damagedTar({ archive, file, hint }: LayersError): string | undefined {
  if (hint !== undefined && /import|docker export|tar -c/.test(hint)) return hint;
  if (isInRegistry(archive)) return pushAgain(archive);
  const check =
    file === undefined
      ? `tar -tf ${fileOf(archive)} lists what is intact`
      : `layers verify ${isPipe(archive) ? 'IMAGE' : fileOf(archive)} lists all damage`;
  return `copy or download the archive again; ${check}`;
}

function damagedData(tool: string): Hint {
  return ({ archive, file }) =>
    isInRegistry(archive)
      ? pushAgain(archive)
      : file === undefined
        ? `copy or download the archive again; ${tool} -t ${fileOf(archive)} checks it`
        : `copy or download the archive again; layers verify ${isPipe(archive) ? 'IMAGE' : fileOf(archive)} lists all damage`;
}

function pushAgain(archive: string | undefined): string {
  return `the image in the registry is damaged: push it again; layers verify ${fileOf(archive)} lists all damage`;
}

function decompressFirst(command: string): Hint {
  return ({ archive, file }) =>
    file === undefined ? `decompress it first: ${command} ${fileOf(archive)}` : undefined;
}

function chooseImage(error: LayersError, { image, platform }: SelectionNames): string {
  const choices = choicesOf(error);
  const how = `choose with ${image} (a tag, an id prefix or '#2') or ${platform}`;
  const all = / and \d+ more$/.test(choices) ? `: layers list ${fileOf(error.archive)} lists them` : '';
  return choices === '' ? how : `${how}: ${choices}${all}`;
}

/** Returns the list of images after the first colon of the library's hint; empty without one. */
function choicesOf({ hint = '' }: LayersError): string {
  const colon = hint.indexOf(': ');
  return colon < 0 ? '' : hint.slice(colon + 2);
}

function pathHint({ message, hint = '' }: LayersError): string | undefined {
  const own = /^layer (\d+) has no/.exec(message)?.[1];
  if (own !== undefined) return `layers ls --layer ${own} IMAGE lists its entries`;
  const hidden = /^layer (\d+)/.exec(hint)?.[1];
  if (hidden !== undefined)
    return `layer ${hidden} contains it, and a later layer deletes it: add --layer ${hidden}`;
  return hint.includes('findings') || hint.startsWith('the image has ')
    ? undefined
    : 'layers ls -R IMAGE lists the paths of the image';
}
