import type { ImageDescription } from '../image/describe/description.js';
import { type HistoryEntry, joinHistory } from '../oci/history.js';
import { cleanInstruction } from '../oci/instruction.js';
import type { Platform } from '../oci/platform.js';
import type { ImageInfo } from './documents.js';

/** Returns the facts about an image that every document has. */
export function imageInfo(description: ImageDescription): ImageInfo {
  return {
    id: description.id,
    manifestDigest: description.manifestDigest,
    tags: description.tags,
    platform: platformFields(description.platform),
    created: description.config.created ?? null,
    config: description.config.config ?? {},
  };
}

/** Returns a platform as documents show it. */
export function platformFields(platform: Platform | null): ImageInfo['platform'] {
  if (platform === null) return null;
  const { os, architecture, variant, osVersion } = platform;
  return {
    os,
    architecture,
    ...(variant === undefined ? {} : { variant }),
    ...(osVersion === undefined ? {} : { osVersion }),
  };
}

/** Returns the history step of each layer. */
export function stepsOfLayers({ config, layers }: ImageDescription): (HistoryEntry | undefined)[] {
  const steps: (HistoryEntry | undefined)[] = layers.map(() => undefined);
  for (const { history, layer } of joinHistory(config.history, layers.length).entries) {
    if (layer !== undefined) steps[layer] = history;
  }
  return steps;
}

/** Returns the instruction of each layer; null where the history does not contain it. */
export function instructionsOfLayers(description: ImageDescription): (string | null)[] {
  return stepsOfLayers(description).map((step) =>
    step?.createdBy === undefined ? null : cleanInstruction(step.createdBy),
  );
}
