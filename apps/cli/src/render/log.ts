import type { FileChange, FileField, FileValues } from '@layers/core/diff';
import type { LogCause, LogDocument, LogEvent } from '@layers/insight/log';
import { escapeForTerminal, escapeName } from '../output/escape.js';
import { shortDigest } from '../output/format.js';
import type { View } from '../output/view.js';
import { type PatchOptions, renderPatch } from './diff/patch.js';
import { eventLine } from './path-events.js';

export interface LogRendering extends Pick<PatchOptions, 'exact'> {
  readonly patch: boolean;
}

/** Renders the life of a path: for each layer a line as `find` has it, a line of details, and perhaps a patch. */
export function* renderLog(
  document: LogDocument,
  { patch, exact }: LogRendering,
  view: View,
): Generator<string | Uint8Array> {
  const name = escapeName(document.path, document.pathBase64);
  yield document.visible ? `${name}\n` : `${view.colours.red(name)}  (deleted)\n`;
  let before: LogEvent | null = null;
  for (const event of document.events) {
    yield eventLine(event, view);
    const details = detailsOf(event, view);
    if (details !== '') yield `      ${view.colours.dim(details)}\n`;
    if (patch) yield* renderPatch(changesOf(document, before, event), { exact, newFiles: true }, view);
    before = event.change === 'deleted' ? null : event;
  }
}

/** `content, mode; link to /bin/a; sha256 0123456789ab`. */
function detailsOf(event: LogEvent, view: View): string {
  const { change, fields, by, linkedTo, linkedToBase64, digest } = event;
  const parts: string[] = [];
  if (by !== undefined) parts.push(causeText(by));
  if (fields !== undefined && change !== 'deleted')
    parts.push(fields.length === 0 ? 'no difference' : `other ${fields.join(', ')}`);
  if (linkedTo !== undefined) parts.push(`hard link to ${escapeName(linkedTo, linkedToBase64)}`);
  if (digest !== null && change !== 'deleted')
    parts.push(escapeForTerminal(view.truncate ? `sha256:${shortDigest(digest)}` : digest));
  return parts.join('; ');
}

function causeText({ marker, path, pathBase64 }: LogCause): string {
  const name = escapeName(path, pathBase64);
  if (marker === 'whiteout') return `whiteout of ${name}`;
  return marker === 'opaque' ? `opaque marker in ${name}` : `${name} is not a directory any more`;
}

/** The line of an event shows the other attributes. */
const IN_PATCHES: ReadonlySet<FileField> = new Set(['type', 'content', 'size', 'mode', 'target']);

/** Returns the change of a layer as `diff` has it; none for the deletion of a directory. */
function changesOf(
  { path, pathBase64 }: LogDocument,
  before: LogEvent | null,
  event: LogEvent,
): readonly FileChange[] {
  const { patch, patchBase64, patchOmitted, type } = event;
  const common = {
    path,
    ...(pathBase64 === undefined ? {} : { pathBase64 }),
    type,
    ...(patch === undefined ? {} : { patch }),
    ...(patchBase64 === undefined ? {} : { patchBase64 }),
    ...(patchOmitted === undefined ? {} : { patchOmitted }),
  };
  if (before === null) return isPatchable(type) ? [{ ...common, change: 'added', b: valuesOf(event) }] : [];
  if (event.change === 'deleted')
    return isPatchable(type) ? [{ ...common, change: 'removed', a: valuesOf(before) }] : [];
  const fields = (event.fields ?? []).filter((field) => IN_PATCHES.has(field));
  if (fields.length === 0) return [];
  return [{ ...common, change: 'changed', fields, a: valuesOf(before), b: valuesOf(event) }];
}

function isPatchable(type: LogEvent['type']): boolean {
  return type === 'file' || type === 'symlink';
}

function valuesOf(event: LogEvent): FileValues {
  const { type, mode, uid, gid, linkname, linknameBase64, devmajor, devminor, xattrs, mtime, mtimeNs } =
    event;
  return {
    type,
    mode,
    uid,
    gid,
    mtime,
    ...(mtimeNs === undefined ? {} : { mtimeNs }),
    ...(linkname === undefined ? {} : { linkname }),
    ...(linknameBase64 === undefined ? {} : { linknameBase64 }),
    ...(devmajor === undefined ? {} : { devmajor }),
    ...(devminor === undefined ? {} : { devminor }),
    ...(xattrs === undefined ? {} : { xattrs }),
  };
}
