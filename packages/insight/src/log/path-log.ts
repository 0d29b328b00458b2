import {
  allFindings,
  imageInfo,
  instructionsOfLayers,
  pathNotFound,
  refuseDamage,
  SCHEMA_VERSION,
} from '@layers/core/analysis';
import type { LayerOptions } from '@layers/core/api';
import { differingFields, type FileField, fieldsIn } from '@layers/core/diff';
import { pathFields } from '@layers/core/findings';
import { changesetOf, type ReadImage } from '@layers/core/image';
import { Kind, linkTargetOf, NONE, nodePath, splitNames, type Union } from '@layers/core/rootfs';
import { describeEvent } from '../events/document.js';
import { inodeOf, type PathEvent, PathEvents, type PathState } from '../events/path-events.js';
import { causeOf, isEmptied } from './causes.js';
import { contentOf, patchOf, type Version } from './contents.js';
import type { LogDocument, LogEvent } from './document.js';
import { locatePath } from './locate-path.js';
import { marksOn, type PathMark } from './path-marks.js';

/** Options of `pathLog`. */
export interface LogOptions extends LayerOptions {
  /** Adds unified diffs of the contents; default false. */
  readonly patch?: boolean | undefined;
}

/**
 * Returns what each layer did to a path. Follows symlinks in the parents of the path. Reads the contents of the path.
 *
 * @throws LayersError ERR_LAYERS_PATH_NOT_FOUND where no layer contains the path; as `readContent`
 */
export async function logDocument(
  image: ReadImage,
  path: string | Uint8Array,
  options: LogOptions = {},
): Promise<LogDocument> {
  refuseDamage(image, { isComplete: false });
  const recorded = new PathEvents(image.layers.map(changesetOf));
  const { union } = recorded;
  const node = locatePath(recorded, path);
  if (node === NONE) throw pathNotFound({ union }, Buffer.from(path).toString('utf8'));
  const bytes = nodePath(union, node);
  const names = splitNames(bytes);
  const instructions = instructionsOfLayers(image.description);
  const ofLayer = new Map(recorded.of(node).map((event) => [recorded.layerOf(event), recorded.at(event)]));

  const events: LogEvent[] = [];
  let before: (Version & { readonly state: PathState }) | null = null;
  for (const [layer, changeset] of union.layers.entries()) {
    const recordedEvent = ofLayer.get(layer);
    if (recordedEvent === undefined && before?.kind !== Kind.directory) continue;
    const marks = marksOn(changeset, names);
    const emptied = before?.kind === Kind.directory && isEmptied(marks, names.length);
    const event = eventOf(recordedEvent, emptied && before !== null ? before.state : null, layer);
    if (event === null) continue;
    const isDeleted = event.change === 'deleted';
    const { state } = event;
    const content: NonNullable<Version>['content'] =
      isDeleted && before !== null
        ? before.content
        : await contentOf(image, union, state, {
            hasBytes: options.patch === true,
            signal: options.signal,
          });
    const after = { kind: state.kind, content, state };
    const isOpaque = emptied && state.kind === Kind.directory && !isDeleted;
    events.push({
      ...describeEvent(union, event, instructions),
      ...(isOpaque ? { change: 'opaque' as const } : {}),
      ...(before === null || isDeleted ? {} : { fields: fieldsOf(union, before, after) }),
      ...(isDeleted || isOpaque ? causeOf(marks, names, isOpaque) : {}),
      ...(isDeleted ? {} : linkField(union, layer, marks, names.length)),
      digest: content.digest,
      ...(options.patch === true ? patchOf(before, isDeleted ? null : after, bytes) : {}),
    });
    before = isDeleted ? null : after;
  }
  return {
    schemaVersion: SCHEMA_VERSION,
    source: image.archive.source,
    image: imageInfo(image.description),
    ...pathFields(bytes),
    visible: union.nodes.isLive(node),
    events,
    findings: allFindings({ image, union }),
  };
}

/** Returns the event of a layer; that of a directory that is emptied and keeps its attributes; null without either. */
function eventOf(event: PathEvent | undefined, emptied: PathState | null, layer: number): PathEvent | null {
  if (event !== undefined) return event;
  return emptied === null ? null : { layer, change: 'changed', state: emptied };
}

type State = NonNullable<Version> & { readonly state: PathState };

function fieldsOf({ layers }: Union, before: State, after: State): FileField[] {
  const fields = fieldsIn(differingFields(inodeOf(layers, before.state), inodeOf(layers, after.state)));
  const [a, b] = [before.content.digest, after.content.digest];
  // Headers do not show whether files of the same size have the same bytes.
  if (a !== null && b !== null && a !== b && !fields.includes('content')) fields.push('content');
  if ((before.state.layer === NONE) !== (after.state.layer === NONE)) fields.push('mtime');
  return fields;
}

/** Returns the target of the hard link that a layer has at the path. */
function linkField(
  { layers }: Union,
  layer: number,
  marks: readonly PathMark[],
  depth: number,
): Pick<LogEvent, 'linkedTo' | 'linkedToBase64'> {
  const changeset = layers[layer];
  const last = marks.findLast((mark) => mark.depth === depth && !isMarker(mark));
  if (changeset === undefined || last?.kind !== Kind.link) return {};
  const { path, pathBase64 } = pathFields(absolute(linkTargetOf(changeset, last.entry)));
  return { linkedTo: path, ...(pathBase64 === undefined ? {} : { linkedToBase64: pathBase64 }) };
}

function absolute(target: Uint8Array): Uint8Array {
  const names = splitNames(target);
  return Buffer.concat(names.flatMap((name) => [Buffer.from('/'), name]));
}

function isMarker({ kind }: PathMark): boolean {
  return kind === Kind.whiteout || kind === Kind.opaque;
}
