import type { Image } from '@layers/core';
import { type Analysis, allFindings, imageInfo, layerReports, SCHEMA_VERSION } from '@layers/core/analysis';
import type { LayerOptions } from '@layers/core/api';
import type { ReadImage } from '@layers/core/image';
import type { ImageSecrets } from '../secrets/index.js';
import type { Advice, AdviceDocument, LayerStep } from './document.js';
import { addsRootfs, duplicateText } from './duplicate-advice.js';
import { duplicateGroup } from './duplicate-group.js';
import { contentBytesOf, leastBytes, visibleAdvice, wastedAdvice, worthwhile } from './file-advice.js';
import { foldedPaths } from './folded-paths.js';
import { layerAdvice } from './layer-advice.js';
import { namedFileAdvice, secretAdvice } from './secrets/secret-advice.js';
import { earlyLayers } from './versions/layer-order.js';
import { orderAdvice } from './versions/order-advice.js';
import { createClaims } from './visible-groups.js';

/** Options of `adviseImage`. */
export interface AdviseOptions extends LayerOptions {
  /** The number of layers that belong to the base image. Their files are not blamed. Default: 0. */
  readonly baseLayers?: number | undefined;
  /** Leaves out advice that saves fewer bytes. Default: a thousandth of the content, and at least 10,000. */
  readonly minBytes?: number | undefined;
  /** Whether contents are compared, to find duplicate files. Default: true. */
  readonly duplicates?: boolean | undefined;
  /** Whether all files are read to find secrets; else their names decide. Default: false. */
  readonly secrets?: boolean | undefined;
  /** Earlier versions of the image, the oldest first, to find instructions in a bad order. */
  readonly history?: readonly Image[] | undefined;
}

/** The secrets of an image, and whether its files were read to find them. */
export type KnownSecrets = Pick<ImageSecrets, 'secrets' | 'redactor'> &
  Pick<AdviceDocument['totals'], 'secretsIn'>;

/**
 * Returns what to change in the Dockerfile of an image whose secrets are known: secrets first, then the most savable bytes.
 *
 * @param history earlier versions of the image, the oldest first
 * @throws LayersError ERR_LAYERS_READ; ERR_LAYERS_NEEDS_FILE for a sparse file of a stream
 */
export async function adviceBeside(
  { secrets: found, redactor, secretsIn }: KnownSecrets,
  analysis: Analysis,
  options: Omit<AdviseOptions, 'history' | 'secrets'> = {},
  history: readonly ReadImage[] = [],
): Promise<AdviceDocument> {
  const { image, union } = analysis;
  const { baseLayers = 0, duplicates = true, signal, onProgress } = options;
  const reports = layerReports(analysis);
  const redact = (text: string): string => redactor.redact(text);
  // Instructions may contain secrets.
  const layers = reports.map((layer) => ({
    ...layer,
    instruction: layer.instruction === null ? null : redact(layer.instruction),
  }));
  const least = leastBytes(analysis, options.minBytes);
  const claims = createClaims(union);
  const onGroups = [...wastedAdvice(union, layers, baseLayers), ...visibleAdvice(union, claims, baseLayers)];
  if (duplicates) {
    // What is twice in a root file system that is added as a whole was made elsewhere.
    const firstLayer = Math.max(baseLayers, addsRootfs(layers[0]?.instruction ?? null) ? 1 : 0);
    const files = await duplicateGroup(analysis, claims, firstLayer, { signal, onProgress });
    onGroups.push({ code: 'duplicate-files', text: duplicateText(union, files), files, wastedBy: null });
  }
  const stepOf = (layer: number): LayerStep => ({ layer, instruction: layers[layer]?.instruction ?? null });
  const onSecrets = [
    ...secretAdvice(found, baseLayers, stepOf),
    ...(secretsIn === 'contents' ? [] : namedFileAdvice(union, baseLayers, stepOf, redact)),
  ];
  const early = history.length === 0 ? [] : await earlyLayers([...history, image], baseLayers, signal);
  const onOrder = orderAdvice(early, history.length + 1, stepOf).filter(
    ({ pullBytes }) => pullBytes >= least,
  );
  const onFiles = worthwhile(onGroups, least).map(
    ({ code, text, files, wastedBy }): Advice => ({
      code,
      ...text,
      rule: null,
      savableBytes: files.bytes,
      pullBytes: 0,
      files: files.count,
      repack: wastedBy !== null,
      storedBy: files.layers.map(([layer, sizeBytes]) => ({ ...stepOf(layer), sizeBytes })),
      wastedBy: wastedBy === null ? null : stepOf(wastedBy),
      ...foldedPaths(union, files),
    }),
  );
  const savable = (some: readonly Advice[]): number =>
    some.reduce((sum, { savableBytes }) => sum + savableBytes, 0);
  return {
    schemaVersion: SCHEMA_VERSION,
    source: image.archive.source,
    image: imageInfo(image.description),
    totals: {
      contentBytes: contentBytesOf(analysis),
      savableBytes: savable(onFiles),
      repackBytes: savable(onFiles.filter(({ repack }) => repack)),
      baseLayers,
      pullBytes: onOrder.reduce((sum, { pullBytes }) => sum + pullBytes, 0),
      secretsIn,
    },
    advice: [...onSecrets, ...onFiles, ...onOrder, ...layerAdvice(image.archive.source, layers, baseLayers)],
    findings: allFindings(analysis),
  };
}
