import { familiarReference, tryParseReference, withDefaultTag } from '@layers/core/oci';
import type { FoundImage, StoredImage } from '@layers/store/images';
import { usageError } from '../command-error.js';
import { nameInStore } from '../input/image-name.js';
import { globMatches } from '../input/path-glob.js';
import type { ImageRow } from './images-rows.js';

/** The conditions of `--filter`: one of each kind has to hold, and all of `label`. */
export interface ImageFilter {
  readonly dangling: boolean | null;
  readonly labels: readonly { readonly name: string; readonly value: string | null }[];
  /** References of images: only older (or newer) images are listed. */
  readonly before: readonly string[];
  readonly since: readonly string[];
  /** Patterns of names: see {@link referenceMatchesPattern}. */
  readonly references: readonly string[];
}

const FILTERS = ['dangling', 'label', 'before', 'since', 'reference'];

/**
 * Parses the values of `--filter`, and the argument of `images`. Throws ERR_LAYERS_USAGE.
 *
 * @param words `dangling=true`, `label=KEY[=VALUE]`, `before=REF`, `since=REF`, `reference=PATTERN`
 */
export function parseImageFilter(words: readonly string[], pattern: string | undefined): ImageFilter {
  let dangling: boolean | null = null;
  const values = new Map<string, string[]>(FILTERS.map((name) => [name, []]));
  for (const word of words) {
    const [, name = '', value = ''] = /^([^=]*)=(.*)$/s.exec(word) ?? [];
    if (values.get(name)?.push(value) === undefined || value === '') {
      throw usageError(
        `${JSON.stringify(word)} is not a filter`,
        `write one of ${FILTERS.map((known) => `${known}=…`).join(', ')}`,
      );
    }
    if (name === 'dangling') dangling = truth(value);
  }
  const of = (name: string): readonly string[] => values.get(name) ?? [];
  return {
    dangling,
    labels: of('label').map(labelOf),
    before: of('before').map(nameInStore),
    since: of('since').map(nameInStore),
    references: [...of('reference'), ...(pattern === undefined ? [] : [pattern])].map(nameInStore),
  };
}

function truth(value: string): boolean {
  if (/^(?:1|t|true)$/i.test(value)) return true;
  if (/^(?:0|f|false)$/i.test(value)) return false;
  throw usageError(`dangling is true or false, not ${JSON.stringify(value)}`, 'write --filter dangling=true');
}

function labelOf(text: string): ImageFilter['labels'][number] {
  const equals = text.indexOf('=');
  return equals < 0
    ? { name: text, value: null }
    : { name: text.slice(0, equals), value: text.slice(equals + 1) };
}

/** What the filter looks up. */
export interface FilterContext {
  /** Returns the image of a reference; throws where there is none. */
  find(reference: string): FoundImage;
  /** The labels of an image's config. */
  labels(image: StoredImage): Promise<ReadonlyMap<string, string>>;
}

/** The lines that the filter leaves. Throws what `context` throws. */
export async function filterRows(
  rows: readonly ImageRow[],
  filter: ImageFilter,
  context: FilterContext,
): Promise<ImageRow[]> {
  const { dangling, references, labels } = filter;
  const latest = Math.min(...filter.before.map((reference) => timeOf(context.find(reference))));
  const earliest = Math.max(...filter.since.map((reference) => timeOf(context.find(reference))));
  const left = rows.filter(({ image, reference }) => {
    if (dangling !== null && dangling !== (reference === null)) return false;
    if (references.length > 0 && !references.some((pattern) => referenceMatchesPattern(pattern, reference))) {
      return false;
    }
    const time = timeOf(image);
    return (filter.before.length === 0 || time < latest) && (filter.since.length === 0 || time > earliest);
  });
  if (labels.length === 0) return left;
  const known = new Map<string, ReadonlyMap<string, string>>();
  for (const { image } of left) {
    if (!known.has(image.manifestDigest)) known.set(image.manifestDigest, await context.labels(image));
  }
  return left.filter(({ image }) => {
    const have = known.get(image.manifestDigest);
    return labels.every(({ name, value }) => {
      const found = have?.get(name);
      return found !== undefined && (value === null || found === value);
    });
  });
}

function timeOf({ created }: FoundImage): number {
  return created === null ? Number.NaN : Date.parse(created);
}

/**
 * Whether a pattern means a name, as docker's filter `reference` decides: `alpine` all its tags, `alpine:3.20` one,
 * `*:3.*` by the rules of path.Match, where `*` passes no slash.
 */
export function referenceMatchesPattern(pattern: string, reference: string | null): boolean {
  if (reference === null) return false;
  const parsed = tryParseReference(reference);
  const wanted = tryParseReference(pattern);
  const names = [reference];
  if (parsed !== undefined) {
    const full = familiarReference(withDefaultTag(parsed));
    names.push(full, full.slice(0, full.lastIndexOf(':')));
  }
  // The name may be written in full, with docker.io/library/.
  const written = wanted === undefined ? pattern : familiarReference(wanted);
  return names.some((name) => globMatches(written, name));
}
