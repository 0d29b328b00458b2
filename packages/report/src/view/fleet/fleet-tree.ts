import type { FleetFacts, FleetUse } from '../../data/fleet/fleet-facts.js';
import type { ReportColumns } from '../../data/index.js';
import { FleetPaths, type FleetPlace } from './fleet-paths.js';

/** The images of a repository, the largest first. */
export interface Repository {
  readonly name: string;
  /** False for the images without a tag. */
  readonly hasTags: boolean;
  /** Those that are shown in it: an image with tags in several repositories is shown in one. */
  readonly images: readonly number[];
  /** Those that lose all of their tags with it. */
  readonly deletable: readonly number[];
}

/** The repository of images without a tag. */
const NO_TAG = 'without a tag';

/** Returns the repositories in the order of the facts, then the images without a tag. An image is in that of its first tag. */
export function repositoriesOf({ images, tags, repositories }: FleetFacts): Repository[] {
  const home = new Map<number, string | null>();
  const all = images.map((): Set<string | null> => new Set());
  for (const { image, repository } of tags) {
    if (!home.has(image)) home.set(image, repository);
    all[image]?.add(repository);
  }
  const shown = new Map<string | null, number[]>();
  const deletable = new Map<string | null, number[]>();
  for (const image of images.keys()) {
    const of = home.get(image) ?? null;
    push(shown, of, image);
    if (all[image]?.size === 1) push(deletable, of, image);
  }
  const names = [...repositories.map(({ name }) => name), ...(shown.has(null) ? [null] : [])];
  return names.map((name) => ({
    name: name ?? NO_TAG,
    hasTags: name !== null,
    images: shown.get(name) ?? [],
    deletable: deletable.get(name) ?? [],
  }));
}

function push<Key>(lists: Map<Key, number[]>, key: Key, value: number): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}

/** The paths of a fleet. */
export interface FleetTree {
  /** Each image whole. */
  readonly whole: FleetPaths;
  /** The bytes of each layer divided among the images that have it: together they are each layer once. */
  readonly divided: FleetPaths;
  readonly pathOfRepository: Int32Array;
  readonly pathOfImage: Int32Array;
  /** The first path of each layer. */
  readonly pathOfLayer: Int32Array;
}

/** Makes the tree of a fleet. A layer that an image has twice counts once. */
export function fleetTree(
  { images, layers }: FleetFacts,
  repositories: readonly Repository[],
  usesOf: (image: number) => readonly FleetUse[],
): FleetTree {
  const names: string[] = [''];
  const parents: number[] = [-1];
  const places: FleetPlace[] = [{ kind: 'fleet' }];
  const items: { path: number; layer: number; once: number }[] = [];
  const pathOfRepository = new Int32Array(repositories.length);
  const pathOfImage = new Int32Array(images.length);
  const pathOfLayer = new Int32Array(layers.length);
  const add = (name: string, parent: number, place: FleetPlace): number => {
    names.push(name);
    parents.push(parent);
    return places.push(place) - 1;
  };
  const repositoryNames = uniqueNames(repositories.map(({ name }) => name));
  for (const [repository, { images: inIt }] of repositories.entries()) {
    const above = add(repositoryNames[repository] ?? '', 0, { kind: 'repository', repository });
    pathOfRepository[repository] = above;
    const imageNames = uniqueNames(inIt.map((image) => images[image]?.name ?? ''));
    for (const [i, image] of inIt.entries()) {
      const path = add(imageNames[i] ?? '', above, { kind: 'image', image });
      pathOfImage[image] = path;
      const seen = new Set<number>();
      for (const [position, { layer }] of usesOf(image).entries()) {
        const part = add(String(position), path, { kind: 'layer', image, layer, position });
        if (pathOfLayer[layer] === 0) pathOfLayer[layer] = part;
        items.push({ path: part, layer, once: seen.has(layer) ? 0 : 1 });
        seen.add(layer);
      }
    }
  }
  const of = (item: { readonly layer: number }) => layers[item.layer];
  const tree = treeColumns(names, parents);
  const common = {
    ...tree,
    items: items.length,
    path: Int32Array.from(items, ({ path }) => path),
    layer: Int32Array.from(items, ({ layer }) => layer),
    change: new Uint8Array(items.length),
    type: new Uint8Array(items.length),
    bytesBefore: new Float64Array(items.length),
    // As waste in a report about an image: what is in this image only.
    waste: Uint8Array.from(items, (item) => Number(of(item)?.images === 1)),
    wastedBy: new Int32Array(items.length),
    attributes: new Int32Array(items.length),
  };
  const sized = (bytesOf: (item: (typeof items)[number]) => number): FleetPaths => {
    const columns: ReportColumns = {
      ...common,
      bytes: Float64Array.from(items, (item) => item.once * bytesOf(item)),
    };
    return new FleetPaths(columns, places);
  };
  return {
    whole: sized((item) => of(item)?.storedBytes ?? 0),
    divided: sized((item) => (of(item)?.storedBytes ?? 0) / (of(item)?.images ?? 1)),
    pathOfRepository,
    pathOfImage,
    pathOfLayer,
  };
}

function treeColumns(
  names: readonly string[],
  parents: readonly number[],
): Pick<ReportColumns, 'paths' | 'parent' | 'nameStart' | 'names' | 'owner'> {
  const encoder = new TextEncoder();
  const encoded = names.map((name) => encoder.encode(name));
  const nameStart = new Uint32Array(names.length + 1);
  for (const [i, { length }] of encoded.entries()) nameStart[i + 1] = (nameStart[i] ?? 0) + length;
  const bytes = new Uint8Array(nameStart[names.length] ?? 0);
  for (const [i, name] of encoded.entries()) bytes.set(name, nameStart[i]);
  return {
    paths: names.length,
    parent: Int32Array.from(parents),
    nameStart,
    names: bytes,
    owner: new Int32Array(names.length),
  };
}

/** Tells equal names apart, so that each has an address. */
function uniqueNames(names: readonly string[]): string[] {
  const known = new Set<string>();
  return names.map((given) => {
    let name = given || 'without a name';
    for (let count = 2; known.has(name); count++) name = `${given} (${count})`;
    known.add(name);
    return name;
  });
}
