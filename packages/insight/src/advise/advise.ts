import type { Image } from '@layers/core';
import {
  type Analysis,
  allFindings,
  imageInfo,
  type LayerReport,
  layerReports,
  SCHEMA_VERSION,
} from '@layers/core/analysis';
import type { LayerOptions } from '@layers/core/api';
import type { ReadImage } from '@layers/core/image';
import type { Union } from '@layers/core/rootfs';
import type { ImageSecrets } from '../secrets/index.js';
import type { AdviceCode } from './codes.js';
import type { Advice, AdviceDocument, LayerStep } from './document.js';
import { addsRootfs, duplicateText } from './duplicate-advice.js';
import { duplicateGroup } from './duplicate-group.js';
import type { FileGroup } from './file-group.js';
import { foldedPaths } from './folded-paths.js';
import { layerAdvice } from './layer-advice.js';
import { namedFileAdvice, secretAdvice } from './secrets/secret-advice.js';
import { earlyLayers } from './versions/layer-order.js';
import { orderAdvice } from './versions/order-advice.js';
import { type Claims, createClaims, visibleGroups } from './visible-groups.js';
import { type AdviceText, wastedText } from './wasted-advice.js';
import { wastedGroups } from './wasted-groups.js';

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

const LEAST_BYTES = 10_000;
const LEAST_SHARE = 0.001;

/** Advice on files, whose paths are not computed yet. */
interface FileAdvice {
  readonly code: AdviceCode;
  readonly text: AdviceText;
  readonly files: FileGroup;
  /** Null where the files are in the root file system. */
  readonly wastedBy: number | null;
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

/** Advice in one line. */
export interface ShortAdvice {
  readonly savableBytes: number;
  /** The layer that wasted the bytes, else the one that stored the most of them. */
  readonly layer: number;
  readonly text: string;
}

/**
 * Returns the advice that saves most. Reads no contents, so that it costs little beside reading the image.
 *
 * @param baseLayers the number of layers of the base image, whose files are not blamed
 */
export function bestAdvice(analysis: Analysis, top: number, baseLayers = 0): ShortAdvice[] {
  const { union } = analysis;
  const found = [
    ...wastedAdvice(union, layerReports(analysis), baseLayers),
    ...visibleAdvice(union, createClaims(union), baseLayers),
  ];
  return worthwhile(found, leastBytes(analysis))
    .slice(0, top)
    .map(({ text, files, wastedBy }) => ({
      savableBytes: files.bytes,
      layer: wastedBy ?? files.layers[0]?.[0] ?? 0,
      text: `${text.problem}: ${text.fix}`,
    }));
}

function contentBytesOf({ contentBytes }: Analysis): number {
  return contentBytes.reduce((sum, bytes) => sum + bytes, 0);
}

function leastBytes(analysis: Analysis, minBytes?: number): number {
  return minBytes ?? Math.max(LEAST_BYTES, Math.floor(contentBytesOf(analysis) * LEAST_SHARE));
}

function worthwhile(found: readonly FileAdvice[], least: number): FileAdvice[] {
  return found
    .filter(({ files }) => files.bytes >= least && files.bytes > 0)
    .sort((a, b) => b.files.bytes - a.files.bytes);
}

function wastedAdvice(union: Union, layers: readonly LayerReport[], baseLayers: number): FileAdvice[] {
  const instructions = layers.map(({ instruction }) => instruction);
  return wastedGroups(union, instructions).flatMap((group) => {
    const { code, wastedBy, files } = group;
    // What the base wasted itself is not the work of this Dockerfile.
    if (wastedBy < baseLayers) return [];
    const [storedBy] = files.layers[0] ?? [0];
    const isOfRootfs = storedBy === 0 && files.layers.length === 1 && addsRootfs(instructions[0] ?? null);
    const isOfBase = storedBy < baseLayers || isOfRootfs;
    const text = wastedText(group, instructions[storedBy] ?? null, instructions[wastedBy] ?? null, isOfBase);
    return [{ code, text, files, wastedBy }];
  });
}

function visibleAdvice(union: Union, claims: Claims, baseLayers: number): FileAdvice[] {
  return visibleGroups(union, claims, baseLayers).map(({ rule: { code, what, fix, example }, files }) => ({
    code,
    text: { problem: `the image has ${what}`, fix, example },
    files,
    wastedBy: null,
  }));
}
