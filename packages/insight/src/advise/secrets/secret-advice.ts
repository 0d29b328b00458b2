import type { Union } from '@layers/core/rootfs';
import type { FilePlace, Secret } from '../../secrets/index.js';
import type { Advice, AdvicePath, LayerStep } from '../document.js';
import { foldedPaths } from '../folded-paths.js';
import { secretFiles } from './secret-files.js';
import { fixOfDocument, fixOfFile, placeInDocument } from './secret-fixes.js';

/** The most paths of one piece of advice. */
const MOST_PATHS = 8;

/** The name that stands for a rule where the name of a file decided. */
const BY_NAME = 'file-name';

type StepOf = (layer: number) => LayerStep;

/**
 * Returns advice on secrets that were found, the gravest first: one for each rule and layer, for files and documents each. Notes
 * are left out, and what the base has.
 */
export function secretAdvice(secrets: readonly Secret[], firstLayer: number, stepOf: StepOf): Advice[] {
  const groups = new Map<string, Secret[]>();
  for (const secret of secrets) {
    const { place, rule, severity } = secret;
    if (severity === 'note' || (place.layer !== null && place.layer < firstLayer)) continue;
    const key = JSON.stringify([
      severity,
      rule,
      place.layer,
      place.kind === 'file',
      place.kind === 'file' ? place.removedBy?.layer : null,
    ]);
    groups.set(key, [...(groups.get(key) ?? []), secret]);
  }
  return [...groups.values()]
    .sort(([a], [b]) => Number(b?.severity === 'error') - Number(a?.severity === 'error'))
    .flatMap((group) => adviceOn(group, stepOf));
}

function adviceOn(group: readonly Secret[], stepOf: StepOf): Advice[] {
  const [first] = group;
  if (first === undefined) return [];
  const { rule, place, description } = first;
  if (place.kind !== 'file') {
    return [
      {
        ...NOTHING_SAVED,
        rule,
        problem: `${description} in ${placesText(group)}`,
        ...fixOfDocument(place.kind),
        storedBy: place.layer === null ? [] : [{ ...stepOf(place.layer), sizeBytes: 0 }],
        wastedBy: null,
        paths: [],
        morePaths: 0,
      },
    ];
  }
  const paths = pathsOf(group);
  return [
    {
      ...NOTHING_SAVED,
      rule,
      problem: `${description} in ${filesText(paths.length, place.removedBy !== null)}`,
      ...fixOfFile(stepOf(place.layer).instruction),
      files: paths.length,
      storedBy: [{ ...stepOf(place.layer), sizeBytes: 0 }],
      wastedBy: place.removedBy === null ? null : stepOf(place.removedBy.layer),
      paths: paths.slice(0, MOST_PATHS),
      morePaths: Math.max(0, paths.length - MOST_PATHS),
    },
  ];
}

/** The most places in documents that a sentence names. */
const MOST_PLACES = 4;

function placesText(group: readonly Secret[]): string {
  const places = [...new Set(group.map(placeInDocument))];
  const more = places.length - MOST_PLACES;
  return [...places.slice(0, MOST_PLACES), ...(more > 0 ? [`${more} more places`] : [])].join(', ');
}

function pathsOf(group: readonly Secret[]): AdvicePath[] {
  const places = new Map<string, FilePlace>();
  for (const { place } of group) if (place.kind === 'file') places.set(place.pathBase64 ?? place.path, place);
  return [...places.values()].map(({ path, pathBase64 }) => ({
    path,
    ...(pathBase64 === undefined ? {} : { pathBase64 }),
    sizeBytes: 0,
    files: 1,
  }));
}

function filesText(count: number, isRemoved: boolean): string {
  const files = count === 1 ? 'a file' : `${count} files`;
  return isRemoved ? `${files} that this instruction removes, but a layer below still has` : files;
}

/** Returns advice on files whose names say that they hold secrets, where contents are not read. */
export function namedFileAdvice(
  union: Union,
  firstLayer: number,
  stepOf: StepOf,
  redact: (text: string) => string,
): Advice[] {
  return secretFiles(union, firstLayer).map(({ what, layer, removedBy, files }): Advice => {
    const { paths, morePaths } = foldedPaths(union, files);
    const names = filesText(files.count, removedBy !== null);
    return {
      ...NOTHING_SAVED,
      rule: BY_NAME,
      problem: `${what}, by the name of ${names}, whose content was not read`,
      ...fixOfFile(stepOf(layer).instruction),
      files: files.count,
      storedBy: [{ ...stepOf(layer), sizeBytes: 0 }],
      wastedBy: removedBy === null ? null : stepOf(removedBy),
      paths: paths.map((path) => withoutSecrets(path, redact)),
      morePaths,
    };
  });
}

function withoutSecrets(path: AdvicePath, redact: (text: string) => string): AdvicePath {
  const shown = redact(path.path);
  if (shown === path.path) return { ...path, sizeBytes: 0 };
  const { pathBase64: _, ...rest } = path;
  return { ...rest, path: shown, sizeBytes: 0 };
}

const NOTHING_SAVED = { code: 'secrets', savableBytes: 0, pullBytes: 0, files: 0, repack: false } as const;
