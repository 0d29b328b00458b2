import { SCHEMA_VERSION } from '../analysis/documents.js';
import { historyDocument } from '../analysis/history.js';
import { imageInfo } from '../analysis/image-info.js';
import { createFinding } from '../findings/finding.js';
import { createContentComparer } from '../image/contents/compare-contents.js';
import type { LayerOptions } from '../image/open-archive.js';
import type { ReadImage } from '../image/read-image.js';
import { CONFIG_FIELDS, withFieldNames } from '../oci/field-names.js';
import { parseJson } from '../oci/json.js';
import { rootfsTotals } from '../rootfs/rootfs.js';
import type { Union } from '../rootfs/union.js';
import { findingsOf, lacksLayer, uniteBoth } from './compared-images.js';
import { compareConfigs } from './config/config-changes.js';
import { trustsDeclaredDigests } from './declared-digests.js';
import type { DiffDocument, DiffSide, LayersDiff, Section } from './document.js';
import { compareFiles, type PatchMaker } from './files/files-diff.js';
import { compareHistories } from './history/history-changes.js';
import { IGNORABLE, type Ignorable } from './ignorable.js';
import { compareLayers } from './layers/layers-diff.js';
import { comparePackageDatabases } from './packages/packages-diff.js';

import type { PathFilter } from './paths/selected-paths.js';

const RENAMES_NOT_SEARCHED = createFinding(
  'renames-not-searched',
  'renames were not searched: more than 500,000 paths are in one image only',
);

const NO_PATH_INCLUDED = createFinding('no-path-included', 'the patterns exclude every path of both images');

/** What to compare. */
export interface Comparison extends LayerOptions {
  readonly sections: ReadonlySet<Section>;
  readonly ignore: ReadonlySet<Ignorable>;
  readonly filter: PathFilter;
  /** Makes the unified diffs of changed files; null for none. */
  readonly patches: PatchMaker | null;
}

/**
 * Compares two images, as `compareImages` does. It has no code for patterns of paths and for patches.
 *
 * @throws LayersError as `compareImages`
 */
export async function compareSections(
  a: ReadImage,
  b: ReadImage,
  comparison: Comparison,
): Promise<DiffDocument> {
  const { sections, ignore } = comparison;
  const compared = uniteBoth(a, b);
  const { imageA, imageB } = compared;
  const comparer = createContentComparer(imageA, imageB);
  try {
    const files = sections.has('files') ? await compareFiles(compared, comparer, comparison) : null;
    const layers = sections.has('layers')
      ? countLayerDifferences(await compareLayers(imageA, imageB, comparer), ignore)
      : null;
    const config = sections.has('config')
      ? compareConfigs(configDocument(imageA), configDocument(imageB), { ignore })
      : null;
    const history = sections.has('history')
      ? compareHistories(stepsOf(imageA), stepsOf(imageB), { ignore })
      : null;
    const packages =
      sections.has('packages') && !ignore.has('packages')
        ? await comparePackageDatabases(compared, comparer)
        : null;
    const differences =
      (files?.count ?? 0) +
      (layers?.differences ?? 0) +
      (config?.changes.length ?? 0) +
      (history?.changes.length ?? 0) +
      (packages?.packages.changes.length ?? 0) +
      // Packages of a database that cannot be read may differ.
      (packages?.problems.length ?? 0);
    const readsLayers = files !== null || layers !== null || packages !== null;
    const sharedByDeclaration = layers?.diff.shared.some(({ computed }) => !computed) ?? false;
    return {
      schemaVersion: SCHEMA_VERSION,
      identical: differences === 0 && !(readsLayers && lacksLayer(compared)),
      byDeclaredDigests: readsLayers && (sharedByDeclaration || trustsDeclaredDigests(compared)),
      a: sideOf(imageA, compared.a),
      b: sideOf(imageB, compared.b),
      ignore: IGNORABLE.filter((what) => ignore.has(what)),
      ignored: sumIgnored([files, layers, config, history]),
      totals: files?.totals ?? null,
      layers: ignore.has('layers') ? null : (layers?.diff ?? null),
      config: ignore.has('config') ? null : (config?.changes ?? null),
      history: ignore.has('history') ? null : (history?.changes ?? null),
      packages: packages?.packages ?? null,
      files: files?.list ?? null,
      findings: [
        ...findingsOf(compared),
        ...(files?.renamesSearched === false ? [RENAMES_NOT_SEARCHED] : []),
        ...(files?.comparedPaths === 0 ? [NO_PATH_INCLUDED] : []),
        ...(packages?.problems ?? []),
      ],
    };
  } finally {
    comparer.close();
  }
}

interface WithIgnored {
  readonly ignored: ReadonlyMap<Ignorable, number>;
}

/** Counts the differences between layers, and those that are ignored. */
function countLayerDifferences(
  diff: LayersDiff,
  ignore: ReadonlySet<Ignorable>,
): WithIgnored & { readonly diff: LayersDiff; readonly differences: number } {
  const sameTree = diff.sameTree.length;
  const onlyInOne = diff.onlyInA.length + diff.onlyInB.length;
  if (ignore.has('layers'))
    return { diff, differences: 0, ignored: new Map([['layers', sameTree + onlyInOne]]) };
  if (ignore.has('layer-bytes')) {
    return { diff, differences: onlyInOne, ignored: new Map([['layer-bytes', sameTree]]) };
  }
  return { diff, differences: sameTree + onlyInOne, ignored: new Map() };
}

function sumIgnored(parts: readonly (WithIgnored | null)[]): DiffDocument['ignored'] {
  return IGNORABLE.map((what) => ({
    what,
    count: parts.reduce((sum, part) => sum + (part?.ignored.get(what) ?? 0), 0),
  })).filter(({ count }) => count > 0);
}

function sideOf(image: ReadImage, union: Union): DiffSide {
  const { description, layers, archive } = image;
  return {
    source: archive.source,
    image: imageInfo(description),
    upToLayer: description.upToLayer ?? null,
    layers: layers.length,
    storedBytes: layers.reduce((sum, { index }) => sum + (index?.storedBytes ?? 0), 0),
    rootfsBytes: rootfsTotals(union).rootfsBytes,
  };
}

/** Returns the history steps, base first. */
function stepsOf(image: ReadImage): ReturnType<typeof historyDocument>['history'] {
  return [...historyDocument(image).history].reverse();
}

/** Returns the config as stored. Images older than config files get the equivalent fields of their layers' documents. */
function configDocument({ description }: ReadImage): unknown {
  const { configBytes, configName, config } = description;
  if (configBytes !== null)
    return withFieldNames(parseJson(configBytes, configName ?? 'config'), CONFIG_FIELDS);
  const { created, author, os, architecture, variant } = config;
  return { created, author, os, architecture, variant, config: config.config };
}
