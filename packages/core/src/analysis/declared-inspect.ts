import type { ImageDescription } from '../image/describe/description.js';
import type { Archive } from '../image/open-archive.js';
import type { Descriptor } from '../oci/descriptor.js';
import { cleanInstruction } from '../oci/instruction.js';
import { declaredBytes } from './declared-bytes.js';
import { type DeclaredInspectDocument, type DeclaredLayer, SCHEMA_VERSION } from './documents.js';
import { imageInfo, platformFields, stepsOfLayers } from './image-info.js';
import { chainOf } from './inspect.js';

/**
 * Returns what the documents of an image declare. Reads no layer.
 *
 * @param others the other images of the index that lists the image
 */
export function declaredInspectDocument(
  archive: Archive,
  description: ImageDescription,
  others: readonly Pick<Descriptor, 'platform' | 'digest'>[] = [],
): DeclaredInspectDocument {
  const layers = declaredLayers(description);
  return {
    schemaVersion: SCHEMA_VERSION,
    source: archive.source,
    image: imageInfo(description),
    layersRead: false,
    otherPlatforms: others.map(({ platform, digest }) => ({
      platform: platformFields(platform ?? null),
      digest,
    })),
    totals: { layers: layers.length, storedBytes: sumOf(layers) },
    layers,
    findings: [...archive.findings, ...description.findings],
  };
}

function declaredLayers(description: ImageDescription): DeclaredLayer[] {
  const steps = stepsOfLayers(description);
  const chain = chainOf(description.layers.map(({ diffId }) => diffId));
  return description.layers.map((layer, position) => {
    const step = steps[position];
    return {
      layer: position,
      digest: layer.digest,
      diffId: layer.diffId,
      chainId: chain[position] ?? null,
      mediaType: layer.mediaType,
      storedBytes: declaredBytes(layer),
      instruction: step?.createdBy === undefined ? null : cleanInstruction(step.createdBy),
      createdBy: step?.createdBy ?? null,
      created: step?.created ?? null,
      comment: step?.comment ?? null,
      verified: null,
    };
  });
}

function sumOf(layers: readonly DeclaredLayer[]): number | null {
  let sum = 0;
  for (const { storedBytes } of layers) {
    if (storedBytes === null) return null;
    sum += storedBytes;
  }
  return sum;
}
