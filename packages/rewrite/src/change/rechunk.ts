import type { ReadImage } from '@layers/core/image';
import { LayersError } from '@layers/errors';
import { canonicalAnnotations, canonicalConfig } from '../config/canonical-config.js';
import { timeFromEpoch } from '../config/created-time.js';
import { createdAt, parseConfigObject } from '../config/edit-config.js';
import { distributedHistory } from '../config/history.js';
import { memberOf, plainJson } from '../config/raw-json.js';
import { historyOf } from '../config/with-layers.js';
import { configBytesOf, requireComplete, unionOf } from '../image/complete-image.js';
import type { LayerCompression, NewImage } from '../image/new-image.js';
import { annotationsToKeep, originalManifest } from '../image/original-manifest.js';
import { compressionOf, existingLayer } from '../layer/existing-layer.js';
import { type ChosenLayers, chooseLayers } from '../rechunk/choose-layers.js';
import { compareVersions, groupOfNode, type VersionChanges } from '../rechunk/compare-versions.js';
import { ComponentTable } from '../rechunk/component-table.js';
import { componentsOf, type ImageComponents } from '../rechunk/image-components.js';
import { groupsOfVersions, ONE_GROUP } from '../rechunk/layer-groups.js';
import { isCommand } from '../rechunk/layer-history.js';
import { readPackageFiles } from '../rechunk/package-files.js';
import { layersAbove, type PlannedLayer, planChosen } from '../rechunk/planned-layers.js';
import { spooledLayers } from '../rechunk/spooled-layers.js';
import { createTimeLimit } from '../rechunk/timed-image.js';
import { changedImage } from './changed-image.js';
import { type Reproducible, repackedImage } from './repack.js';

/** Options of `rechunkImage`. */
export interface RechunkOptions {
  readonly signal?: AbortSignal | undefined;
  /** The most layers of the new image, 1 to 125. Default: 64. */
  readonly maxLayers?: number | undefined;
  /** The first layer to distribute; the layers below keep their bytes. Default: 0, the lowest. */
  readonly from?: number | undefined;
  /** Compression of the new layers. Default: that of the top layer. */
  readonly compression?: LayerCompression | undefined;
  /** Limit times as `repackImage` does, so that times of builds do not make every layer new. */
  readonly reproducible?: Reproducible | undefined;
  /** Default: the tags of the image. */
  readonly tags?: readonly string[] | undefined;
  /** Creation time of the image, in RFC 3339. Default: that of the image. */
  readonly created?: string | undefined;
}

/** A planned image, with what is known of its updates. */
export interface RechunkedImage {
  readonly image: NewImage;
  readonly report: RechunkReport;
}

/** What distributing files to layers achieves. */
export interface RechunkReport {
  /**
   * `new`: new layers; `continued`: those of the newest earlier version; `original`: the layers of the image, because others
   * would have transferred more in the earlier versions.
   */
  readonly layers: 'new' | 'continued' | 'original';
  /** The packages, large files and directories that were distributed. */
  readonly components: number;
  /** The updates between earlier versions that the layers were chosen by. */
  readonly updates: number;
  /** Uncompressed bytes that these updates transferred on average, in layers; null if an earlier version had new layers. */
  readonly beforeBytes: number | null;
  /** What they would have transferred in the new layers; null without earlier versions. */
  readonly afterBytes: number | null;
}

const DEFAULT_LAYERS = 64;
/** Docker refuses images with more. */
const MOST_LAYERS = 125;

/**
 * Plans an image with the same root file system in other layers, so that hosts transfer less to update it. The files of a
 * package are in one layer, and packages that changed together in the earlier versions too; what changes with every build
 * is in the last one. If the newest earlier version has such layers, they are kept as far as that transfers less.
 *
 * @param previous earlier versions, the oldest first
 *
 * Throws ERR_LAYERS_LAYER_NOT_FOUND for a layer that does not exist, ERR_LAYERS_USAGE for too few or too many layers, and what
 * `requireComplete` and `compareImages` throw.
 */
export async function rechunkedImage(
  image: ReadImage,
  previous: readonly ReadImage[] = [],
  options: RechunkOptions = {},
): Promise<RechunkedImage> {
  for (const each of [...previous, image]) requireComplete(each);
  const { from = 0, maxLayers = DEFAULT_LAYERS, reproducible, signal } = options;
  if (reproducible !== undefined) timeFromEpoch(reproducible.latest);
  const limit = createTimeLimit(reproducible?.latest ?? null);
  const timed = limit(image);
  const table = new ComponentTable();
  const above = layersAbove(timed, from);
  const { union, hidden } = above;
  const room = maxLayers - from - (hidden.length > 0 ? 1 : 0);
  if (room < 1 || maxLayers > MOST_LAYERS) throw wrongCount(maxLayers, maxLayers - room + 1);
  const versions = [...previous.map(limit), timed];
  const groupsOf = groupsOfVersions(versions, from, room);
  const groups = groupsOf.at(-1) ?? ONE_GROUP;
  const changes = await compareVersions(versions, groupsOf, table, from, { signal });
  const packages = changes.packages ?? (await readPackageFiles(timed, union));
  const components = componentsOf(union, packages, table, {
    includes: above.isAbove,
    groupOf: groupOfNode(union, groups),
  });
  const known = { ...changes, table, groups: groups.count, bytes: components.bytes };
  const chosen = chooseLayers(known, room);
  const planned = planChosen(above, {
    components,
    chosen,
    groups,
    groupChanges: changes.groupChanges,
    table,
  });
  const report = reportOf(planned, { chosen, changes, components });
  if (report.beforeBytes !== null && (report.afterBytes ?? 0) > report.beforeBytes) {
    const { compression, tags } = options;
    return {
      image: repackedImage(image, { compression, tags, reproducible, signal }),
      report: { ...report, layers: 'original', afterBytes: report.beforeBytes },
    };
  }
  return { image: newImage(image, timed, planned, options), report };
}

/** How the files of an image are distributed. */
interface Chosen {
  readonly chosen: ChosenLayers;
  readonly changes: VersionChanges;
  readonly components: ImageComponents;
}

function reportOf(planned: readonly PlannedLayer[], { chosen, changes, components }: Chosen): RechunkReport {
  const { steps, fetched, earlier } = changes;
  return {
    layers: chosen.isContinued ? 'continued' : 'new',
    components: components.bytes.filter((bytes) => bytes > 0).length,
    updates: steps,
    beforeBytes: steps === 0 || earlier !== null ? null : mean(fetched),
    afterBytes: steps === 0 ? null : mean(fetched.map((_, step) => changedBytes(planned, step))),
  };
}

/** Returns the bytes of the layers that an update changed. */
function changedBytes(planned: readonly PlannedLayer[], step: number): number {
  return planned.reduce(
    (sum, { tarBytes, changes }) =>
      changes === null || (changes & (1 << step)) !== 0 ? sum + tarBytes : sum,
    0,
  );
}

function mean(values: readonly number[]): number {
  return Math.round(values.reduce((sum, value) => sum + value, 0) / values.length);
}

function newImage(
  image: ReadImage,
  timed: ReadImage,
  planned: readonly PlannedLayer[],
  options: RechunkOptions,
): NewImage {
  const { from = 0, tags, created, reproducible, signal } = options;
  const top = image.layers.at(-1);
  const kind = top === undefined ? 'none' : compressionOf(top);
  const compression = options.compression ?? { kind, level: null };
  const original = configBytesOf(image);
  const configBytes =
    reproducible === undefined
      ? createdAt(original, created)
      : canonicalConfig(original, reproducible.latest);
  const annotations = annotationsToKeep(originalManifest(image));
  return changedImage(image, {
    layers: [
      ...image.layers.slice(0, from).map((layer) => existingLayer(image, layer)),
      ...spooledLayers(image, unionOf(timed), planned, compression, { signal }),
    ],
    history: distributedHistory(
      historyOf(configBytes),
      from,
      planned.map(({ step }) => ({ created: createdOf(configBytes), ...step })),
      isCommand,
    ),
    configBytes,
    annotations:
      reproducible === undefined ? annotations : canonicalAnnotations(annotations, reproducible.latest),
    tags,
  });
}

/** Returns the creation time of a config; undefined if it has none. */
function createdOf(configBytes: Uint8Array): string | undefined {
  const raw = memberOf(parseConfigObject(configBytes), 'created');
  const created: unknown = raw === undefined ? undefined : plainJson(raw);
  return typeof created === 'string' ? created : undefined;
}

function wrongCount(count: number, least: number): LayersError {
  return new LayersError('ERR_LAYERS_USAGE', `the new image cannot have ${count} layers`, {
    hint: `choose a number from ${least} to ${MOST_LAYERS}, which Docker accepts`,
  });
}
