import type { Digest } from '../digest/digest.js';
import { chainIds } from '../oci/chain-id.js';
import { cleanInstruction } from '../oci/instruction.js';
import { DOCKER_LAYER, DOCKER_LAYER_GZIP, DOCKER_LAYER_ZSTD } from '../oci/media-types.js';
import type { Analysis } from './analysis.js';
import { type InspectDocument, type LayerReport, SCHEMA_VERSION } from './documents.js';
import { allFindings } from './findings.js';
import { imageInfo, stepsOfLayers } from './image-info.js';
import { totalsOf } from './totals.js';
import { baseWaste, causedWaste, wasteByCause, wasteItems } from './waste.js';

/**
 * Returns the layers of an image, what each adds and wastes, and the `top` largest wasted contents.
 *
 * @param options.baseLayers the number of layers of the base image, whose own waste is summed up; default 0
 */
export function inspectDocument(
  analysis: Analysis,
  { top, baseLayers = 0 }: { readonly top: number; readonly baseLayers?: number | undefined },
): InspectDocument {
  return {
    schemaVersion: SCHEMA_VERSION,
    source: analysis.image.archive.source,
    image: imageInfo(analysis.image.description),
    layersRead: true,
    totals: totalsOf(analysis),
    layers: layerReports(analysis),
    base: baseWaste(analysis, baseLayers),
    waste: wasteItems(analysis, top, baseLayers),
    wastedBytesByCause: wasteByCause(analysis, baseLayers),
    findings: allFindings(analysis),
  };
}

export function layerReports(analysis: Analysis): LayerReport[] {
  const { image, union, contentBytes, wastedBytes, storedAgain } = analysis;
  const steps = stepsOfLayers(image.description);
  const chain = chainOf(image.layers.map(({ description }) => description.diffId));
  const caused = causedWaste(analysis);
  const copies = image.layers.map(() => 0);
  for (const { layer } of storedAgain) copies[layer] = (copies[layer] ?? 0) + 1;
  return image.layers.map(({ description, index, verified }, position): LayerReport => {
    const step = steps[position];
    const changes = union.changes[position];
    const compression = index?.compression ?? null;
    return {
      layer: position,
      digest: description.digest ?? index?.digests[0] ?? null,
      diffId: description.diffId ?? index?.diffIds[0] ?? null,
      chainId: chain[position] ?? null,
      mediaType: description.mediaType ?? mediaTypeFor(compression),
      compression,
      storedBytes: index?.storedBytes ?? 0,
      tarBytes: index?.tarBytes ?? 0,
      contentBytes: contentBytes[position] ?? 0,
      entries: union.layers[position]?.count ?? 0,
      added: changes?.added ?? 0,
      modified: changes?.modified ?? 0,
      deleted: changes?.deleted ?? 0,
      metadataOnly: copies[position] ?? 0,
      wastedBytes: wastedBytes[position] ?? 0,
      causedWasteBytes: caused[position] ?? 0,
      instruction: step?.createdBy === undefined ? null : cleanInstruction(step.createdBy),
      createdBy: step?.createdBy ?? null,
      created: step?.created ?? null,
      comment: step?.comment ?? null,
      verified,
    };
  });
}

/** Returns ChainIDs up to the first layer without a DiffID (OCI config.md "Layer ChainID"). */
export function chainOf(diffIds: readonly (Digest | null)[]): Digest[] {
  const known: Digest[] = [];
  for (const diffId of diffIds) {
    if (diffId === null) break;
    known.push(diffId);
  }
  return chainIds(known);
}

/** Returns Docker's media type for a layer of a docker-archive, which declares none. */
function mediaTypeFor(compression: string | null): string {
  if (compression === 'gzip') return DOCKER_LAYER_GZIP;
  return compression === 'zstd' ? DOCKER_LAYER_ZSTD : DOCKER_LAYER;
}
