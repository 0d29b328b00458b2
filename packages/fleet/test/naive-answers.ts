import { compressBound, openZstd } from '@layers/rewrite/compress';
import { buildTar } from '@layers/testing/tar-builder';
import { contentsOf, type NaiveImage, sizeOfContent, sum } from './naive-fleet.ts';
import { madeAt, type SpecLayer } from './random-fleet.ts';

/** Answers by comparing everything with everything. Rows have the columns of the questions, in no order but that of steps. */
type Row = readonly (string | number | null)[];

const DAY_MS = 86_400_000;

interface Bottom {
  readonly made: string;
  readonly distribution: string | null;
  readonly newest: string | null;
}

function treesOf(images: readonly NaiveImage[]): ReadonlyMap<string, SpecLayer> {
  return new Map(images.flatMap(({ trees }) => [...trees]));
}

const contentBytes = (layer: SpecLayer | undefined): number =>
  sum(contentsOf(layer ?? []).map(sizeOfContent));

/** The lowest layers of images, by the keys of their tars. */
function bottomsOf(images: readonly NaiveImage[]): ReadonlyMap<string, Bottom> {
  const trees = treesOf(images);
  const keys = [...new Set(images.flatMap(({ chain }) => chain.slice(0, 1)))];
  const found = keys.map((key) => {
    const names = images.flatMap(({ chain, distribution }) =>
      chain[0] === key && distribution !== null ? [distribution] : [],
    );
    return { key, made: madeAt(trees.get(key) ?? []), distribution: names.sort()[0] ?? null };
  });
  return new Map(
    found.map(({ key, made, distribution }) => {
      const peers = found.filter(
        (other) => distribution !== null && releaseOf(other.distribution) === releaseOf(distribution),
      );
      const newest =
        peers
          .map((peer) => peer.made)
          .sort()
          .at(-1) ?? null;
      return [key, { made, distribution, newest }];
    }),
  );
}

function releaseOf(distribution: string | null): string | null {
  return distribution?.split('.').slice(0, 2).join('.') ?? null;
}

function daysBehind({ made, newest }: Bottom): number | null {
  return newest === null ? null : Math.floor((Date.parse(newest) - Date.parse(made)) / DAY_MS);
}

export function naiveBases(images: readonly NaiveImage[]): Row[] {
  const trees = treesOf(images);
  const bottoms = bottomsOf(images);
  const prefixes = images.flatMap(({ chain }) => chain.map((_, i) => chain.slice(0, i + 1)));
  const distinct = new Map(prefixes.map((prefix) => [prefix.join(' '), prefix]));
  return [...distinct.values()].flatMap((prefix) => {
    const above = images.filter(({ chain }) => prefix.every((key, i) => chain[i] === key));
    const next = above.map(({ chain }) => chain[prefix.length]);
    if (new Set(next).size < 2) return [];
    const bottom = bottoms.get(prefix[0] ?? '');
    const wholes = above.filter(({ chain }) => chain.length === prefix.length);
    return [
      [
        wholes.map(({ name }) => name).sort()[0] ?? null,
        prefix.length,
        next.filter((key) => key !== undefined).length,
        sum(prefix.map((key) => contentBytes(trees.get(key)))),
        bottom?.distribution ?? null,
        bottom?.made ?? null,
        bottom === undefined ? null : daysBehind(bottom),
        `sha256:${prefix.at(-1) ?? ''}`,
      ],
    ];
  });
}

export function naiveStale(images: readonly NaiveImage[]): Row[] {
  const bottoms = bottomsOf(images);
  return images.flatMap(({ name, chain }) => {
    const bottom = bottoms.get(chain[0] ?? '');
    if (bottom === undefined || bottom.newest === null || bottom.made === bottom.newest) return [];
    const { distribution, made, newest } = bottom;
    return [[name, distribution, made, newest, daysBehind(bottom), `sha256:${chain[0] ?? ''}`]];
  });
}

/** `CONTENT STORED` bytes of the rows of `whatif`. */
export async function naiveWhatIf(
  images: readonly NaiveImage[],
  firstOf: (content: string) => string,
): Promise<Row[]> {
  const trees = treesOf(images);
  const blobs = new Map(images.flatMap(({ blobs: each }) => [...each]));
  const keyOf = (blob: string): string => blob.split(' ')[1] ?? '';
  const smallest = (key: string): number =>
    Math.min(...[...blobs].flatMap(([blob, bytes]) => (keyOf(blob) === key ? [bytes] : [])));
  const tarOf = (key: string): Buffer => buildTar(trees.get(key) ?? []);
  const contentOfTrees = sum([...trees.values()].map(contentBytes));
  const bottoms = bottomsOf(images);
  const newBottom = (image: NaiveImage): string | undefined => {
    const [key = ''] = image.chain;
    const newest = bottoms.get(key)?.newest ?? null;
    if (newest === null) return image.stored[0];
    const [chosen = ''] = [...bottoms].find(([, bottom]) => bottom.made === newest) ?? [];
    return [...blobs].find(([blob, bytes]) => keyOf(blob) === chosen && bytes === smallest(chosen))?.[0];
  };
  const onOneBase = [
    ...new Set(images.flatMap((image) => [newBottom(image) ?? '', ...image.stored.slice(1)])),
  ].filter((blob) => blob !== '');
  const squashed = new Map<string, { content: number; stored: number }>();
  for (const { chain, stored, rootfsBytes } of images) {
    const bytes = sum(stored.map((blob) => blobs.get(blob) ?? 0));
    const tarBytes = sum(chain.map((key) => tarOf(key).length));
    const other = squashed.get(chain.join(' '))?.stored ?? Number.POSITIVE_INFINITY;
    const estimate = Math.min(other, Math.floor((rootfsBytes * bytes) / tarBytes));
    if (chain.length > 0) squashed.set(chain.join(' '), { content: rootfsBytes, stored: estimate });
  }
  const contents = [...new Set([...trees.values()].flatMap(contentsOf))];
  const byFirst = new Map<string, number>();
  for (const content of contents)
    byFirst.set(firstOf(content), (byFirst.get(firstOf(content)) ?? 0) + sizeOfContent(content));
  const zstd = await Promise.all([...trees.keys()].map((key) => zstdBytes(tarOf(key))));
  return [
    [sum([...blobs.keys()].map((blob) => contentBytes(trees.get(keyOf(blob))))), sum(blobs.values())],
    [contentOfTrees, sum([...trees.keys()].map(smallest))],
    [contentOfTrees, sum(zstd)],
    [
      sum(onOneBase.map((blob) => contentBytes(trees.get(keyOf(blob))))),
      sum(onOneBase.map((blob) => blobs.get(blob) ?? 0)),
    ],
    [
      sum([...squashed.values()].map(({ content }) => content)),
      sum([...squashed.values()].map(({ stored }) => stored)),
    ],
    [
      sum(contents.map(sizeOfContent)),
      sum([...byFirst].map(([key, bytes]) => Math.floor((bytes * smallest(key)) / tarOf(key).length))),
    ],
  ];
}

async function zstdBytes(tar: Buffer): Promise<number> {
  const buffer = new Uint8Array(tar.length + compressBound(tar.length));
  buffer.set(tar);
  const zstd = await openZstd(3);
  return zstd.compress({ buffer, start: 0, end: tar.length, outputStart: tar.length, isLast: true });
}

/** Each tag of a repository, in order, with what it adds. */
export function naiveTimeline(images: readonly NaiveImage[], repository: string): Row[] {
  const steps = images
    .flatMap((image) => image.tags.map((tag) => ({ tag, image })))
    .filter(({ tag }) => repositoryOf(tag) === repository)
    .sort(
      (a, b) =>
        Date.parse(a.image.created) - Date.parse(b.image.created) ||
        a.tag.localeCompare(b.tag, 'en', { numeric: true }),
    );
  const seen = new Map<string, number>();
  let before: number | null = null;
  return steps.map(({ tag, image }) => {
    const stored = sum(image.blobs.values());
    const added = sum([...image.blobs].flatMap(([blob, bytes]) => (seen.has(blob) ? [] : [bytes])));
    for (const [blob, bytes] of image.blobs) seen.set(blob, bytes);
    const growth = before === null ? null : stored - before;
    before = stored;
    return [tag, image.created, stored, growth, added, sum(seen.values()), image.rootfsBytes];
  });
}

export const repositoryOf = (tag: string): string => tag.slice(0, tag.lastIndexOf(':'));
