import { fieldsIn } from '@layers/core/diff';
import { Kind, linkTargetOf, nodePath, nodeTypeOf } from '@layers/core/rootfs';
import type { PathEvent } from '@layers/insight/events';
import { exactBytes } from '../lines/exact-bytes.js';
import type { Format } from '../lines/format.js';
import { wrapText } from '../lines/line.js';
import { type ExploredImage, type ExploredLayer, layerName, layersName } from '../state/image.js';
import { pairAt, type StatePair } from '../tree/differences.js';
import type { LayerRange } from '../tree/layer-range.js';
import type { PathIndex } from '../tree/path-index.js';
import { attributeLines } from './attributes.js';

const EVENT_SIGNS = { added: '+', changed: '~', replaced: '~', deleted: '-' } as const;
/** More of a value of an attribute is left out. */
const MAX_VALUE_BYTES = 256;

/** How much of long texts is shown: a hostile image has instructions of megabytes. */
export interface DetailLimits {
  readonly lines: number;
  readonly characters: number;
}

/** Returns lines about a path: its attributes, and what each layer did to it, the last layer first. */
export function pathDetails(
  image: ExploredImage,
  index: PathIndex,
  node: number,
  range: LayerRange,
  limits: DetailLimits,
  format: Format,
): string[] {
  const { events, layers } = index;
  const state = index.stateIn(node, range);
  if (state === null) return [];
  const type = nodeTypeOf(state.kind) ?? 'file';
  const changeset = layers[state.layer];
  const { entry } = state;
  const lines = [format.name(nodePath(events.union, node))];
  if (changeset === undefined) lines.push('a directory without an entry of its own');
  else {
    const size = state.kind === Kind.file ? `  ${exactBytes(index.sizeOf(state), format)}` : '';
    const owner = `${changeset.uid[entry] ?? 0}:${changeset.gid[entry] ?? 0}`;
    const mode = changeset.mode[entry] ?? 0;
    const octal = mode.toString(8).padStart(4, '0');
    lines.push(
      `${format.mode(type, mode)} (${octal})  ${owner}${size}  ${format.time(changeset.mtime[entry] ?? 0)}`,
    );
    if (index.isShared(state)) lines.push(`hard link: one of ${index.namesOf(state)} names of these bytes`);
    if (state.kind === Kind.symlink) lines.push(`-> ${format.name(linkTargetOf(changeset, entry))}`);
    for (const [name, value] of changeset.xattrs.get(entry) ?? [])
      lines.push(`${format.text(name)} = ${format.name(value.subarray(0, MAX_VALUE_BYTES))}`);
  }
  const both = range.differences === undefined ? null : pairAt(events, node, range);
  if (both !== null) lines.push(...differenceLines(index, node, both, range, format));
  const latest = events
    .of(node)
    .reverse()
    .filter((event) => image.layers[events.layerOf(event)]?.isHidden !== true)
    .slice(0, limits.lines);
  return [...lines, ...latest.flatMap((event) => eventLines(image, index, events.at(event), limits, format))];
}

/** Returns lines about what differs in a path that both file systems have. */
function differenceLines(
  index: PathIndex,
  node: number,
  { before, after }: StatePair,
  { differences }: LayerRange,
  format: Format,
): string[] {
  const fields = fieldsIn(differences?.fields[node] ?? 0);
  const lines = attributeLines(index, before, after, format);
  if (fields.includes('content')) lines.unshift('content differs: d shows the difference');
  return lines.length === 0 ? ['the same in both'] : lines;
}

function eventLines(
  image: ExploredImage,
  index: PathIndex,
  { layer, change, state }: PathEvent,
  { characters }: DetailLimits,
  format: Format,
): string[] {
  const instruction = (at: number): string =>
    format.text((image.layers[at]?.instruction ?? '').slice(0, characters));
  const isFile = state.kind === Kind.file && change !== 'deleted';
  const bytes = isFile ? index.sizeOf(state) : 0;
  const size = isFile ? `  ${format.bytes(bytes)}` : '';
  const by = bytes > 0 ? index.wastedBy(state) : null;
  return [
    `${layerName(image, layer)}  ${EVENT_SIGNS[change]} ${change}${size}  ${instruction(layer)}`,
    ...(by === null ? [] : [`  wasted by ${layerName(image, by)}: ${instruction(by)}`]),
  ];
}

/** Returns lines about a layer. */
export function layerDetails(
  image: ExploredImage,
  layer: ExploredLayer,
  position: number,
  isRead: boolean,
  { characters }: DetailLimits,
  format: Format,
): string[] {
  const { digest, diffId, created } = layer;
  const stored = `stored ${exactBytes(layer.storedBytes, format)}`;
  const instruction = layer.instruction?.slice(0, characters) ?? null;
  const comment = layer.comment?.slice(0, characters) ?? null;
  return [
    `${layerName(image, position)}  ${format.text(instruction ?? 'no instruction in the history')}`,
    isRead
      ? `+${layer.added} ~${layer.modified} -${layer.deleted}  content ${exactBytes(layer.contentBytes, format)}  wasted ${exactBytes(layer.wastedBytes, format)}  ${stored}`
      : `${stored}, not read yet`,
    `diff id  ${format.text(diffId ?? 'unknown')}`,
    `digest   ${format.text(digest ?? 'not declared')}`,
    ...(created === null ? [] : [`created  ${format.text(created)}`]),
    ...(comment === null || comment === '' ? [] : [`comment  ${format.text(comment)}`]),
  ];
}

/** Returns a line with the sums of the figures of layers that are shown together; none for one layer. */
export function rangeDetails(image: ExploredImage, range: LayerRange, format: Format): string[] {
  const { from, to, marks, differences } = range;
  if (!marks || from === to || differences !== undefined) return [];
  const shown = image.layers.slice(from, to + 1);
  if (to >= image.readLayers) return [`${layersName(image, range)}: not all read yet`];
  const sum = (of: (layer: ExploredLayer) => number): number =>
    shown.reduce((total, layer) => total + of(layer), 0);
  const bytes = (of: (layer: ExploredLayer) => number): string => exactBytes(sum(of), format);
  return [
    `${layersName(image, range)}: +${sum(({ added }) => added)} ~${sum(({ modified }) => modified)} -${sum(({ deleted }) => deleted)}  content ${bytes(({ contentBytes }) => contentBytes)}  wasted ${bytes(({ wastedBytes }) => wastedBytes)}  stored ${bytes(({ storedBytes }) => storedBytes)}`,
  ];
}

/** Returns lines about the whole image. */
export function imageDetails(image: ExploredImage, { characters }: DetailLimits, format: Format): string[] {
  return image.facts.map((fact) => format.text(fact.slice(0, characters)));
}

/** Breaks lines to a width. */
export function wrapLines(lines: readonly string[], width: number, format: Format): string[] {
  return lines.flatMap((line) =>
    wrapText(line, width, format).map((part, i) => (i === 0 ? part : `  ${part}`)),
  );
}
