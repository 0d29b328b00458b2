import type { Ignorable, Section } from '@layers/core/diff';
import { IGNORED_BY_DEFAULT, REPRODUCIBLE } from '@layers/core/diff';
import { usageError } from '../command-error.js';
import type { ImageChoice } from '../input/open-input.js';
import type { PairChoice } from '../input/read-pair.js';
import type { ImageFlags } from '../session.js';
import type { FormatRequest } from '../template/format-request.js';
import { SECTIONS } from './diff-words.js';

export interface DiffFlags extends ImageFlags {
  readonly imageB?: string;
  readonly platformB?: string;
  readonly layerA?: string;
  readonly layerB?: string;
  readonly only?: readonly Section[];
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  readonly mtime?: boolean;
  readonly hardlinks?: boolean;
  readonly ignore?: readonly Ignorable[];
  readonly reproducible?: boolean;
  readonly verify?: boolean;
  readonly top: number;
  readonly patch?: boolean;
  readonly newFile?: boolean;
  readonly format?: FormatRequest | 'docker';
  readonly pullCost?: boolean;
}

const FILES: readonly Section[] = ['files'];

/** Selects an image of each archive. */
type PairFlags = ImageChoice & Pick<DiffFlags, 'imageB' | 'platformB'>;

/** Returns the selected image of each archive. */
export function pairChoice({ image, imageB, platform, platformB, ...flags }: PairFlags): PairChoice {
  return { a: choiceOf(image, platform, flags), b: choiceOf(imageB, platformB, flags) };
}

function choiceOf(
  image: string | undefined,
  platform: string | undefined,
  { authfile, insecure, certDir, mirror, quiet }: ImageChoice,
): ImageChoice {
  return {
    ...(image === undefined ? {} : { image }),
    ...(platform === undefined ? {} : { platform }),
    ...(authfile === undefined ? {} : { authfile }),
    ...(insecure === undefined ? {} : { insecure }),
    ...(certDir === undefined ? {} : { certDir }),
    ...(mirror === undefined ? {} : { mirror }),
    ...(quiet === undefined ? {} : { quiet }),
  };
}

/** What to compare, and which differences count. */
export interface DiffRequest {
  readonly only: readonly Section[];
  readonly ignore: readonly Ignorable[];
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** Defined if text files are compared line by line. */
  readonly patch: { readonly newFiles: boolean } | undefined;
}

/**
 * Translates the options. For patches and the format of docker diff, only files are compared by default.
 * Throws ERR_LAYERS_USAGE for contradicting options.
 */
export function diffRequest(flags: DiffFlags): DiffRequest {
  const { patch = false, newFile = false, include = [], exclude = [] } = flags;
  if (newFile && !patch) throw usageError('--new-file needs --patch', 'add --patch');
  const isDocker = flags.format === 'docker';
  const printsFiles = isDocker || (patch && flags.json !== true && flags.jsonl !== true);
  const isFiltered = include.length > 0 || exclude.length > 0;
  // Layers contain other paths too: comparing them would be misleading.
  const usual = isFiltered ? SECTIONS.filter((section) => section !== 'layers') : SECTIONS;
  const only = flags.only ?? (printsFiles ? FILES : usual);
  if ((isDocker || patch) && !only.includes('files')) {
    throw usageError(`${isDocker ? '--format docker' : '--patch'} compares files`, 'add files to --only');
  }
  if (isDocker && only.length > 1)
    throw usageError('--format docker compares only files', 'leave out --only');
  if (isDocker) refuseBesideDocker(flags);
  const ignore = ignoredBy(flags);
  if (only.every((section) => ignore.some((word) => word === section))) {
    throw usageError('nothing is compared: all of --only is in --ignore', 'leave out one of them');
  }
  return { only, ignore, include, exclude, patch: patch ? { newFiles: newFile } : undefined };
}

/** docker diff has one notion of what differs. */
function refuseBesideDocker({ mtime, hardlinks, ignore, reproducible }: DiffFlags): void {
  const [given] = Object.entries({ mtime, hardlinks, ignore, reproducible }).find(
    ([, value]) => value !== undefined && value !== false,
  ) ?? [undefined];
  if (given !== undefined) throw usageError(`--format docker excludes --${given}`, `leave out --${given}`);
}

/** Joins the defaults, `--ignore` and `--reproducible`, without `--mtime` and `--hardlinks`. */
function ignoredBy({
  ignore = [],
  reproducible = false,
  mtime = false,
  hardlinks = false,
}: DiffFlags): Ignorable[] {
  const counted = new Set<Ignorable>([
    ...(mtime ? (['mtime'] as const) : []),
    ...(hardlinks ? (['hardlinks'] as const) : []),
  ]);
  const twice = ignore.find((word) => counted.has(word));
  if (twice !== undefined)
    throw usageError(`--${twice} and --ignore ${twice} contradict each other`, 'leave out one of them');
  const usual = [...IGNORED_BY_DEFAULT, ...(reproducible ? REPRODUCIBLE : [])].filter(
    (word) => !counted.has(word),
  );
  return [...new Set([...usual, ...ignore])];
}

/** Throws ERR_LAYERS_USAGE where both images of one archive would be the same. */
export function checkTwoImages(
  flags: Pick<DiffFlags, 'image' | 'imageB' | 'platform' | 'platformB' | 'layerA' | 'layerB'>,
  options = '--image-b, --platform-b, --layer-a or --layer-b',
): void {
  const { image, imageB = image, platform, platformB = platform, layerA, layerB } = flags;
  const isStated = layerA !== undefined && layerB !== undefined;
  if (imageB !== image || platformB !== platform || layerA !== layerB || isStated) return;
  throw usageError('only one image given', `name a second archive, or choose with ${options}`);
}
