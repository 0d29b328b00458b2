import { pathFields } from '../findings/path-fields.js';
import { type Changeset, pathOf } from '../rootfs/changeset.js';
import { NONE } from '../rootfs/node-table.js';
import { type Analysis, type StoredAgain, sizeOf, sum } from './analysis.js';
import { type BaseWaste, SCHEMA_VERSION, type WasteDocument, type WasteItem } from './documents.js';
import { allFindings } from './findings.js';
import { imageInfo, instructionsOfLayers } from './image-info.js';
import { totalsOf } from './totals.js';

/**
 * Returns every wasted content: its layer, the layer and cause that made it unreachable, and changed attributes.
 *
 * @param baseLayers the number of layers of the base image, whose own waste is summed up; 0 without a base
 */
export function wasteDocument(analysis: Analysis, baseLayers = 0): WasteDocument {
  const steps = instructionsOfLayers(analysis.image.description);
  const contents = wastedContents(analysis);
  return {
    schemaVersion: SCHEMA_VERSION,
    source: analysis.image.archive.source,
    image: imageInfo(analysis.image.description),
    totals: totalsOf(analysis),
    base: baseWaste(analysis, baseLayers),
    waste: Array.from(ranked(analysis, baseLayers), (index) => contents.at(index)),
    wastedBytesByCause: wasteByCause(analysis, baseLayers),
    wasteByLayer: analysis.wastedBytes.map((wastedBytes, layer) => ({
      layer,
      wastedBytes,
      instruction: steps[layer] ?? null,
    })),
    findings: allFindings(analysis),
  };
}

const ROOT_PATH = Buffer.from('/');

/** Wasted contents as documents have them, made one by one: there may be millions. */
export interface WastedContents {
  readonly count: number;
  at(index: number): WasteDocument['waste'][number];
  /** Returns parts of a content without the rest of it. */
  sizeOf(index: number): number;
  pathOf(index: number): Uint8Array;
  layersOf(index: number): Pick<WasteItem, 'layer' | 'unreachableFromLayer'>;
}

/** Returns all contents that layers above the base wasted, in the order in which layers wasted them. */
export function wastedContents(analysis: Analysis, baseLayers = 0): WastedContents {
  const { layers, waste } = analysis.union;
  const steps = instructionsOfLayers(analysis.image.description);
  const copies = new Map(
    analysis.storedAgain.filter((copy) => copy.waste !== NONE).map((copy) => [copy.waste, copy]),
  );
  // The index in the list of waste, of all where it is null.
  const kept = baseLayers === 0 ? null : ranked(analysis, baseLayers).sort();
  const indexOf = (position: number): number => kept?.[position] ?? position;
  return {
    count: kept?.length ?? waste.count,
    at(position) {
      const index = indexOf(position);
      const item = itemAt(analysis, index);
      const copy = copies.get(index);
      return {
        ...item,
        storedBy: steps[item.layer] ?? null,
        unreachableBy: steps[item.unreachableFromLayer] ?? null,
        ...(copy === undefined ? {} : { changed: changedFields(layers, copy) }),
      };
    },
    sizeOf(position) {
      const { layer, entry } = waste.at(indexOf(position));
      return sizeOf(layers, layer, entry);
    },
    pathOf(position) {
      const { layer, entry } = waste.at(indexOf(position));
      const changeset = layers[layer];
      return changeset === undefined ? ROOT_PATH : pathOf(changeset, entry);
    },
    layersOf(position) {
      const { layer, unreachableFrom } = waste.at(indexOf(position));
      return { layer, unreachableFromLayer: unreachableFrom };
    },
  };
}

/** Returns the `top` largest contents that layers above the base wasted. */
export function wasteItems(analysis: Analysis, top: number, baseLayers: number): WasteItem[] {
  return Array.from(ranked(analysis, baseLayers).subarray(0, top), (index) => itemAt(analysis, index));
}

/** Returns what the base image and the layers above it wasted; null for an image without a known base. */
export function baseWaste(analysis: Analysis, baseLayers: number): BaseWaste | null {
  if (baseLayers === 0) return null;
  const caused = causedWaste(analysis);
  return {
    layers: baseLayers,
    wastedBytes: sum(caused.slice(0, baseLayers)),
    ownWastedBytes: sum(caused.slice(baseLayers)),
  };
}

/** Returns for each layer the bytes that it made unreachable, whichever layer stored them. */
export function causedWaste({ union }: Analysis): number[] {
  const bytes = union.layers.map(() => 0);
  for (let i = 0; i < union.waste.count; i++) {
    const { layer, entry, unreachableFrom } = union.waste.at(i);
    bytes[unreachableFrom] = (bytes[unreachableFrom] ?? 0) + sizeOf(union.layers, layer, entry);
  }
  return bytes;
}

/** Returns the bytes that layers above the base wasted, by cause. */
export function wasteByCause({ union }: Analysis, baseLayers: number): WasteDocument['wastedBytesByCause'] {
  const bytes = { deleted: 0, overwritten: 0, rewritten: 0, replaced: 0, 'duplicate-entry': 0 };
  for (let i = 0; i < union.waste.count; i++) {
    const { layer, entry, cause, unreachableFrom } = union.waste.at(i);
    if (unreachableFrom >= baseLayers) bytes[cause] += sizeOf(union.layers, layer, entry);
  }
  return bytes;
}

/**
 * Returns the indexes of what layers above the base wasted, largest first, then by layer and entry. Uses columns: there may
 * be millions.
 */
function ranked({ union }: Analysis, baseLayers: number): Int32Array {
  const { count } = union.waste;
  const kept = new Int32Array(count);
  let keptCount = 0;
  const bytes = new Float64Array(count);
  const layers = new Int32Array(count);
  const entries = new Int32Array(count);
  for (let index = 0; index < count; index++) {
    const { layer, entry, unreachableFrom } = union.waste.at(index);
    if (unreachableFrom >= baseLayers) kept[keptCount++] = index;
    bytes[index] = sizeOf(union.layers, layer, entry);
    layers[index] = layer;
    entries[index] = entry;
  }
  const by = (column: Float64Array | Int32Array, a: number, b: number): number =>
    (column[a] ?? 0) - (column[b] ?? 0);
  return kept.subarray(0, keptCount).sort((a, b) => by(bytes, b, a) || by(layers, a, b) || by(entries, a, b));
}

function itemAt({ union }: Analysis, index: number): WasteItem {
  const { layer, entry, unreachableFrom, cause } = union.waste.at(index);
  const changeset = union.layers[layer];
  return {
    ...(changeset === undefined ? { path: '/' } : pathFields(pathOf(changeset, entry))),
    sizeBytes: sizeOf(union.layers, layer, entry),
    layer: layer,
    unreachableFromLayer: unreachableFrom,
    cause,
  };
}

/** Returns the attributes that a copy with the same bytes changed. */
function changedFields(layers: readonly Changeset[], copy: StoredAgain): string[] {
  const before = layers[copy.oldLayer];
  const after = layers[copy.newLayer];
  if (before === undefined || after === undefined) return [];
  const { oldEntry: a, newEntry: b } = copy;
  const changed: string[] = [];
  if (before.mode[a] !== after.mode[b]) changed.push('mode');
  if (before.uid[a] !== after.uid[b] || before.gid[a] !== after.gid[b]) changed.push('owner');
  const sameTime =
    before.mtime[a] === after.mtime[b] && (before.mtimeNs?.[a] ?? 0) === (after.mtimeNs?.[b] ?? 0);
  if (!sameTime) changed.push('mtime');
  if (xattrsOf(before, a) !== xattrsOf(after, b)) changed.push('xattrs');
  return changed;
}

function xattrsOf(changeset: Changeset, entry: number): string {
  const xattrs = [...(changeset.xattrs.get(entry) ?? [])].sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify(xattrs.map(([name, value]) => [name, Buffer.from(value).toString('base64')]));
}
