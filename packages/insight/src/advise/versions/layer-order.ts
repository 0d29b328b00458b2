import { instructionsOfLayers } from '@layers/core/analysis';
import type { ReadImage } from '@layers/core/image';
import { isSameBuild, type LayerProfile, layerProfile } from './layer-profile.js';

/** A layer that changes often, below layers that never do. */
export interface EarlyLayer {
  readonly layer: number;
  /** In how many of the versions after the first its files changed. */
  readonly changes: number;
  /** The layers above it whose files never changed, and that were built again. */
  readonly rebuilt: readonly {
    readonly layer: number;
    /** Bytes as stored, of all versions in which the layer was built again because of the layer below. */
    readonly bytes: number;
  }[];
}

/** What became of a layer from one version to the next. */
type Fate = 'kept' | 'rebuilt' | 'changed';

/**
 * Compares consecutive versions of an image. Returns the layers that changed below others whose files never changed: a
 * builder makes all layers above a changed one again, and a pull transfers them again.
 *
 * Layers correspond by position, as far as the instructions are the same in all versions. Versions on another base say
 * nothing about the order.
 *
 * @param versions of the image, the oldest first
 * @param firstLayer the number of layers of the base
 * @throws LayersError as reading contents does
 */
export async function earlyLayers(
  versions: readonly ReadImage[],
  firstLayer: number,
  signal?: AbortSignal,
): Promise<readonly EarlyLayer[]> {
  const common = commonSteps(versions);
  const profileOf = profiles();
  const steps: (readonly Fate[])[] = [];
  for (const [i, newer] of versions.entries()) {
    const older = versions[i - 1];
    if (older === undefined) continue;
    const fates: Fate[] = [];
    for (let layer = 0; layer < common; layer++) {
      signal?.throwIfAborted();
      if (diffIdOf(older, layer) === diffIdOf(newer, layer)) fates.push('kept');
      else if (layer < Math.max(1, firstLayer)) break;
      else {
        const [a, b] = [await profileOf(older, layer), await profileOf(newer, layer)];
        fates.push(a !== null && b !== null && isSameBuild(a, b) ? 'rebuilt' : 'changed');
      }
    }
    // Of another base, whose layers are shorter than `common`, nothing is known.
    steps.push(fates.length < common ? [] : fates);
  }
  return blamed(versions, steps);
}

function blamed(versions: readonly ReadImage[], steps: readonly (readonly Fate[])[]): readonly EarlyLayer[] {
  const changes = new Map<number, number>();
  for (const fates of steps)
    for (const [layer, fate] of fates.entries())
      if (fate === 'changed') changes.set(layer, (changes.get(layer) ?? 0) + 1);
  const bytes = new Map<number, Map<number, number>>();
  for (const [i, fates] of steps.entries()) {
    const lowest = fates.indexOf('changed');
    if (lowest === -1) continue;
    const above = bytes.get(lowest) ?? new Map<number, number>();
    bytes.set(lowest, above);
    for (const [layer, fate] of fates.entries()) {
      if (layer < lowest || fate !== 'rebuilt' || changes.has(layer)) continue;
      const stored = versions[i + 1]?.layers[layer]?.index?.storedBytes ?? 0;
      above.set(layer, (above.get(layer) ?? 0) + stored);
    }
  }
  return [...bytes]
    .filter(([, above]) => above.size > 0)
    .map(([layer, above]) => ({
      layer,
      changes: changes.get(layer) ?? 0,
      rebuilt: [...above].map(([rebuilt, sum]) => ({ layer: rebuilt, bytes: sum })),
    }));
}

/** Returns a function that computes the profile of a layer once, whatever the versions that have it. */
function profiles() {
  const known = new Map<string, Promise<LayerProfile | null>>();
  return (image: ReadImage, layer: number): Promise<LayerProfile | null> => {
    const key = diffIdOf(image, layer) ?? '';
    const found = known.get(key) ?? layerProfile(image, layer);
    known.set(key, found);
    return found;
  };
}

function diffIdOf({ layers }: ReadImage, position: number): string | null {
  const layer = layers[position];
  return layer?.description.diffId ?? layer?.index?.diffIds[0] ?? null;
}

/** Returns how many of the lowest layers were made by the same instructions in all versions, and have a DiffID. */
function commonSteps(versions: readonly ReadImage[]): number {
  const steps = versions.map((image) => instructionsOfLayers(image.description).map(withoutContent));
  const [first = []] = steps;
  const isCommon = (step: string | null, i: number): boolean =>
    step !== null &&
    steps.every((other) => other[i] === step) &&
    versions.every((image) => diffIdOf(image, i) !== null);
  const end = first.findIndex((step, i) => !isCommon(step, i));
  return end === -1 ? first.length : end;
}

/** Removes what older builders write in place of the names of copied files: a digest of the content. */
function withoutContent(instruction: string | null): string | null {
  return instruction?.replace(/\b(file|dir|multi):[0-9a-f]+/g, '$1:') ?? null;
}
