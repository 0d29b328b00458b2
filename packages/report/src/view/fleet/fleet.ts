import type { FleetFacts, FleetImage, FleetUse } from '../../data/fleet/fleet-facts.js';
import { ItemSet } from '../item-set.js';
import type { FleetPaths } from './fleet-paths.js';
import { type FleetTree, fleetTree, type Repository, repositoriesOf } from './fleet-tree.js';

/** How often a layer counts in the picture: in each image that has it, or once, divided among them. */
export const SIZINGS = ['in each image', 'once'] as const;
export type Sizing = (typeof SIZINGS)[number];

/** What deleting images frees. */
export interface Freed {
  readonly bytes: number;
  readonly layers: number;
}

const NO_USES: readonly FleetUse[] = [];

/** A fleet as a page shows it. */
export class Fleet {
  readonly facts: FleetFacts;
  readonly repositories: readonly Repository[];
  readonly tree: FleetTree;
  /** The position of the repository that each image is shown in. */
  readonly repositoryOfImage: Int32Array;
  /** What the names of all repositories begin with, such as a registry; names are shown without it where there is little room. */
  readonly prefix: string;
  readonly #uses: (readonly FleetUse[])[];
  readonly #layers: (readonly number[])[];
  readonly #images: number[][];
  readonly #sets = new Map<Sizing, ItemSet>();

  constructor(facts: FleetFacts) {
    const { images, layers, uses } = facts;
    this.facts = facts;
    const ofImages = images.map((): FleetUse[] => []);
    for (const use of uses) ofImages[use.image]?.push(use);
    this.#uses = ofImages;
    this.#layers = ofImages.map((each) => [...new Set(each.map(({ layer }) => layer))]);
    this.#images = layers.map(() => []);
    for (const [image, each] of this.#layers.entries())
      for (const layer of each) this.#images[layer]?.push(image);
    this.repositories = repositoriesOf(facts);
    this.prefix = commonPrefix(this.repositories.flatMap(({ name, hasTags }) => (hasTags ? [name] : [])));
    this.repositoryOfImage = new Int32Array(images.length);
    for (const [i, repository] of this.repositories.entries())
      for (const image of repository.images) this.repositoryOfImage[image] = i;
    this.tree = fleetTree(facts, this.repositories, (image) => this.usesOf(image));
  }

  pathsOf(sizing: Sizing): FleetPaths {
    return sizing === 'once' ? this.tree.divided : this.tree.whole;
  }

  /** Returns the layers of all images with their sums. */
  setOf(sizing: Sizing): ItemSet {
    const set = this.#sets.get(sizing) ?? new ItemSet(this.pathsOf(sizing));
    this.#sets.set(sizing, set);
    return set;
  }

  imageAt(image: number): FleetImage | undefined {
    return this.facts.images[image];
  }

  /** Returns the layers of an image from its base, with those that it has twice. */
  usesOf(image: number): readonly FleetUse[] {
    return this.#uses[image] ?? NO_USES;
  }

  /** Returns the layers of an image, each once. */
  layersOf(image: number): readonly number[] {
    return this.#layers[image] ?? [];
  }

  imagesOf(layer: number): readonly number[] {
    return this.#images[layer] ?? [];
  }

  /** Returns the layers of some images, each once. */
  layersOfAll(images: readonly number[]): number[] {
    return [...new Set(images.flatMap((image) => this.layersOf(image)))];
  }

  bytesOf(layers: readonly number[]): number {
    return layers.reduce((sum, layer) => sum + (this.facts.layers[layer]?.storedBytes ?? 0), 0);
  }

  /** Returns what deleting images together frees: the layers that no other image has. */
  freedBy(images: readonly number[]): Freed {
    const counts = new Map<number, number>();
    for (const image of new Set(images))
      for (const layer of this.layersOf(image)) counts.set(layer, (counts.get(layer) ?? 0) + 1);
    const freed = [...counts].flatMap(([layer, count]) =>
      count === this.imagesOf(layer).length ? [layer] : [],
    );
    return { bytes: this.bytesOf(freed), layers: freed.length };
  }

  /** Returns the instruction that made a layer, as the first image that has it says. */
  instructionOf(layer: number): string | null {
    const [image = -1] = this.imagesOf(layer);
    const use = this.usesOf(image).find((each) => each.layer === layer);
    return use === undefined ? null : this.instructionAt(use);
  }

  instructionAt({ instruction }: FleetUse): string | null {
    return this.facts.instructions[instruction] ?? null;
  }

  /** Returns a name of an image or repository without what all have. */
  shortName(name: string): string {
    return name.startsWith(this.prefix) ? name.slice(this.prefix.length) : name;
  }

  /** Returns the bytes of the layers that two images have. */
  sharedBytes(a: number, b: number): number {
    const others = new Set(this.layersOf(b));
    return this.bytesOf(this.layersOf(a).filter((layer) => others.has(layer)));
  }
}

/** Returns the directories that all of several names begin with, with the slash behind them. */
function commonPrefix(names: readonly string[]): string {
  const [first = '', ...rest] = names;
  let prefix = rest.length === 0 ? '' : first.slice(0, first.lastIndexOf('/') + 1);
  while (prefix !== '' && !rest.every((name) => name.startsWith(prefix)))
    prefix = prefix.slice(0, prefix.lastIndexOf('/', prefix.length - 2) + 1);
  return prefix;
}
