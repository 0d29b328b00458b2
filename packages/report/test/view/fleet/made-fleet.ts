import fc from 'fast-check';
import { type FleetAnswers, fleetReport } from '../../../src/collect/index.ts';
import type { FleetFacts } from '../../../src/data/index.ts';

/** An image of a made-up fleet. */
export interface MadeImage {
  /** Empty for an image without a tag. */
  readonly tags: readonly string[];
  /** The positions of its layers. */
  readonly layers: readonly number[];
}

const NAMES = ['app:1', 'app:2', 'app:10', 'web:1', 'team/db:1', '<b>:1', ':1', 'without a tag:1'];

/** Some images with layers of a small pool. A tag is of one image. */
export const madeImages: fc.Arbitrary<readonly MadeImage[]> = fc
  .array(
    fc.record({
      tags: fc.subarray(NAMES, { maxLength: 3 }),
      layers: fc.array(fc.nat(6), { maxLength: 5 }),
    }),
    { minLength: 1, maxLength: 7 },
  )
  .map((images) => {
    const taken = new Set<string>();
    return images.map(({ tags, layers }) => ({
      tags: tags.filter((tag) => !taken.has(tag) && taken.add(tag)),
      layers,
    }));
  });

/** The bytes of a layer. */
export const bytesOfLayer = (layer: number): number => [100, 70, 55, 31, 13, 5, 0][layer] ?? 0;

/** Returns the layers that only some images have. */
export function onlyIn(images: readonly MadeImage[], chosen: readonly MadeImage[]): number[] {
  const others = new Set(images.filter((image) => !chosen.includes(image)).flatMap(({ layers }) => layers));
  return [...new Set(chosen.flatMap(({ layers }) => layers))].filter((layer) => !others.has(layer));
}

export const sum = (numbers: Iterable<number>): number =>
  [...numbers].reduce((total, each) => total + each, 0);
export const bytesOfAll = (layers: Iterable<number>): number =>
  sum(Array.from(new Set(layers), bytesOfLayer));

const repositoryOf = (tag: string): string => tag.slice(0, tag.lastIndexOf(':'));

/** Returns the facts that a report has about images, in the order of `fleetOverview`. */
export function factsOf(images: readonly MadeImage[]): FleetFacts {
  const answer = (names: string, rows: readonly (readonly unknown[])[]) => ({
    columns: names.split(' ').map((name) => ({ name })),
    rows,
  });
  const used = [...new Set(images.flatMap(({ layers }) => layers))].sort();
  const imagesWith = (layer: number) => images.filter(({ layers }) => layers.includes(layer)).length;
  const listed = images
    .map((image, number) => ({
      image,
      number,
      name: [...image.tags].sort()[0] ?? `source-${number}`,
      bytes: bytesOfAll(image.layers),
    }))
    .sort((a, b) => b.bytes - a.bytes || (a.name < b.name ? -1 : 1));
  const repositories = [...new Set(images.flatMap(({ tags }) => tags.map(repositoryOf)))].sort();
  const empty = answer('none', []);
  const answers: FleetAnswers = {
    summary: answer('of number stored_bytes content_bytes', [
      ['images', images.length, sum(listed.map(({ bytes }) => bytes)), 0],
      ['layers', used.length, bytesOfAll(used), 0],
      ['files', 0, null, 0],
    ]),
    images: answer(
      'image name digest os architecture variant created distribution stored_bytes rootfs_bytes wasted_bytes exclusive_bytes exclusive_layers exclusive_file_bytes layers files',
      listed.map(({ image, number, name, bytes }) => {
        const only = onlyIn(images, [image]);
        const created = `2026-01-0${number + 1}T00:00:00.000Z`;
        return [
          ...[number, name, `sha256:${number}`, 'linux', 'amd64', null, created, null, bytes, 0, 0],
          ...[bytesOfAll(only), only.length, 0, image.layers.length, 0],
        ];
      }),
    ),
    tags: answer(
      'image tag repository',
      images
        .flatMap(({ tags }, image): { image: number; tag: string | null }[] =>
          tags.length === 0 ? [{ image, tag: null }] : tags.map((tag) => ({ image, tag })),
        )
        .sort((a, b) => ((a.tag ?? '\uffff') < (b.tag ?? '\uffff') ? -1 : 1))
        .map(({ image, tag }) => [image, tag, tag === null ? null : repositoryOf(tag)]),
    ),
    layers: answer(
      'layer digest diff_id stored_bytes content_bytes images',
      used.map((layer) => [
        layer,
        `sha256:abcdef${layer}`,
        `d${layer}`,
        bytesOfLayer(layer),
        0,
        imagesWith(layer),
      ]),
    ),
    uses: answer(
      'image position layer instruction',
      images.flatMap(({ layers }, image) =>
        layers.map((layer, position) => [image, position, layer, layer === 0 ? null : `RUN step ${layer}`]),
      ),
    ),
    timeline: answer(
      'repository tags first_created last_created first_bytes last_bytes growth_bytes total_bytes',
      repositories.map((name) => [name, 1, null, null, 0, 0, 0, 0]),
    ),
    duplicates: empty,
    bases: empty,
    stale: empty,
    whatif: empty,
    packages: empty,
    problems: empty,
  };
  return fleetReport('fleet', answers, null);
}
