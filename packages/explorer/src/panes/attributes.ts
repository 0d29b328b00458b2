import { differingFields, type FileField, fieldsIn } from '@layers/core/diff';
import { Kind, linkTargetOf, nodeTypeOf } from '@layers/core/rootfs';
import { inodeOf, type PathState } from '@layers/insight/events';
import { exactBytes } from '../lines/exact-bytes.js';
import type { Format } from '../lines/format.js';
import type { PathIndex } from '../tree/path-index.js';

/** More of a value of an extended attribute is left out. */
const MAX_VALUE_BYTES = 256;
const NAME_COLUMNS = 9;

/** Returns a line for each attribute that differs between two states of a path, with both values; none for those in `omitted`. */
export function attributeLines(
  index: PathIndex,
  before: PathState,
  after: PathState,
  format: Format,
  omitted: readonly FileField[] = [],
): string[] {
  const fields = fieldsIn(differingFields(inodeOf(index.layers, before), inodeOf(index.layers, after)));
  return fields.flatMap((field) => {
    if (omitted.includes(field)) return [];
    if (field === 'xattrs') return xattrLines(index, before, after, format);
    const [a, b] = [
      attributeValue(index, before, field, format),
      attributeValue(index, after, field, format),
    ];
    return a === null || b === null ? [] : [`${field.padEnd(NAME_COLUMNS)}${a} -> ${b}`];
  });
}

/** Returns an attribute as text; null for one that has no value of its own. */
function attributeValue(index: PathIndex, state: PathState, field: FileField, format: Format): string | null {
  const { kind, entry } = state;
  const changeset = index.layers[state.layer];
  const type = nodeTypeOf(kind) ?? 'file';
  switch (field) {
    case 'type':
      return type;
    case 'mode': {
      const mode = changeset?.mode[entry] ?? 0o755;
      return `${format.mode(type, mode)} (${mode.toString(8).padStart(4, '0')})`;
    }
    case 'owner':
      return `${changeset?.uid[entry] ?? 0}:${changeset?.gid[entry] ?? 0}`;
    case 'size':
      return exactBytes(index.sizeOf(state), format);
    case 'mtime':
      return exactTime(index, state, format);
    case 'target':
      return changeset === undefined || kind !== Kind.symlink
        ? null
        : format.name(linkTargetOf(changeset, entry));
    case 'device':
      return (changeset?.devices.get(entry) ?? [0, 0]).join(':');
    default:
      return null;
  }
}

/** Two times may differ by less than `format.time` shows. */
function exactTime(index: PathIndex, state: PathState, format: Format): string {
  const ns = index.layers[state.layer]?.mtimeNs?.[state.entry] ?? 0;
  const fraction = ns === 0 ? '' : `.${String(ns).padStart(9, '0')}`;
  return `${format.time(index.timeOf(state))} (${index.timeOf(state)}${fraction})`;
}

function xattrLines(index: PathIndex, before: PathState, after: PathState, format: Format): string[] {
  const valuesOf = ({ layer, entry }: PathState): ReadonlyMap<string, Uint8Array> =>
    index.layers[layer]?.xattrs.get(entry) ?? new Map<string, Uint8Array>();
  const [a, b] = [valuesOf(before), valuesOf(after)];
  const shown = (value: Uint8Array | undefined): string =>
    value === undefined ? 'none' : format.name(value.subarray(0, MAX_VALUE_BYTES));
  return [...new Set([...a.keys(), ...b.keys()])].flatMap((name) => {
    const [x, y] = [a.get(name), b.get(name)];
    if (x !== undefined && y !== undefined && Buffer.compare(x, y) === 0) return [];
    return [`${format.text(name)}  ${shown(x)} -> ${shown(y)}`];
  });
}

/** Returns a difference of bytes as text, with its sign. */
export function signedBytes(bytes: number, format: Format): string {
  return `${bytes < 0 ? '-' : bytes > 0 ? '+' : ''}${format.bytes(Math.abs(bytes))}`;
}
