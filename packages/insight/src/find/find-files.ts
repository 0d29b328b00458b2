import {
  allFindings,
  imageInfo,
  instructionsOfLayers,
  refuseDamage,
  SCHEMA_VERSION,
} from '@layers/core/analysis';
import type { LayerOptions } from '@layers/core/api';
import { createPathMatcher } from '@layers/core/diff';
import { pathFields } from '@layers/core/findings';
import { changesetOf, layersHint, type ReadImage } from '@layers/core/image';
import { NONE, nodePath, ROOT, type Union } from '@layers/core/rootfs';
import { LayersError } from '@layers/errors';
import { describeEvent } from '../events/document.js';
import { PathEvents } from '../events/path-events.js';
import { walkPaths } from '../events/walk-paths.js';
import type { FindDocument, FoundPath } from './document.js';
import { createStateFilter, type FindFilters } from './filters.js';

/** Options of `findFiles`. */
export interface FindOptions extends FindFilters, LayerOptions {
  /**
   * Globs, one of which matches. A glob without a slash matches names (`*.pem`), others match whole paths (`/etc/**`).
   * Default: every path.
   */
  readonly patterns?: readonly string[] | undefined;
  /** Only paths that the final root file system does not contain. */
  readonly deleted?: boolean | undefined;
  /** Only paths that this layer adds, changes or deletes. Conditions then concern the state after it, or before a deletion. */
  readonly layer?: number | undefined;
}

/**
 * Finds paths in all layers, also deleted and overwritten ones. Reads no contents.
 *
 * @throws LayersError ERR_LAYERS_USAGE for an invalid glob; ERR_LAYERS_LAYER_NOT_FOUND; the problem of a layer over limits
 */
export function findDocument(image: ReadImage, options: FindOptions = {}): FindDocument {
  const { patterns = [], layer } = options;
  const matches = patterns.length === 0 ? null : createPathMatcher(patterns);
  refuseDamage(image, { isComplete: false });
  if (layer !== undefined && image.layers[layer] === undefined) throw noLayer(image, layer);
  const events = new PathEvents(image.layers.map(changesetOf));
  const { union } = events;
  const isWanted = selectedBy(events, options);
  const instructions = instructionsOfLayers(image.description);
  return {
    schemaVersion: SCHEMA_VERSION,
    source: image.archive.source,
    image: imageInfo(image.description),
    matches: {
      *[Symbol.iterator](): Generator<FoundPath> {
        for (const { node, path } of matchingPaths(union, matches, (each) => isWanted[each] === 1)) {
          yield {
            ...path,
            visible: union.nodes.isLive(node),
            events: events.of(node).map((event) => describeEvent(union, events.at(event), instructions)),
          };
        }
      },
    },
    findings: allFindings({ image, union }),
  };
}

/** A path that some layer contains, and its node. */
export interface MatchingPath {
  readonly node: number;
  readonly path: ReturnType<typeof pathFields>;
}

/**
 * Yields the paths of wanted nodes that match, whether they exist or not, in byte order, parents first.
 *
 * @param matches null where every path matches
 */
export function* matchingPaths(
  union: Union,
  matches: ((path: string) => boolean) | null,
  isWanted: (node: number) => boolean,
): Generator<MatchingPath> {
  for (const node of walkPaths(union, isWanted)) {
    const path = pathFields(nodePath(union, node));
    if (matches === null || matches(path.path)) yield { node, path };
  }
}

/** Returns for each node 1 where an event of it meets the conditions. */
function selectedBy(events: PathEvents, { deleted = false, layer, ...filters }: FindOptions): Uint8Array {
  const { layers, nodes } = events.union;
  const isMet = createStateFilter(layers, filters);
  const selected = new Uint8Array(nodes.count);
  for (let event = 0; event < events.count; event++) {
    const node = events.nodeOf(event);
    if (node === ROOT || node === NONE || selected[node] === 1) continue;
    if (layer !== undefined && events.layerOf(event) !== layer) continue;
    if (deleted && nodes.isLive(node)) continue;
    if (isMet(events.stateOf(event))) selected[node] = 1;
  }
  return selected;
}

function noLayer({ layers }: ReadImage, layer: number): LayersError {
  return new LayersError('ERR_LAYERS_LAYER_NOT_FOUND', `there is no layer ${layer}`, {
    hint: layersHint(layers.length),
  });
}
