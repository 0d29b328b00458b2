import type { Finding } from '@layers/core/findings';
import type { StoreCheckDocument } from '../documents/store.js';
import { escapeForTerminal } from '../output/escape.js';
import { counted } from '../output/format.js';
import type { View } from '../output/view.js';

const SHOWN = 20;

/** Renders damaged blobs, unused files, and the result of the check. */
export function* renderStoreCheck(document: StoreCheckDocument, view: View): Generator<string> {
  const {
    findings,
    unreferenced,
    partial,
    unknown,
    absentPlatforms,
    images,
    blobs,
    storedBytes: bytes,
    isClean,
    repair,
  } = document;
  const { colours } = view;
  if (repair !== null) yield* repairLines(repair);
  for (const finding of findings) yield* damageLines(finding, view);
  if (unreferenced.length > 0) {
    const sum = unreferenced.reduce((total, { sizeBytes: size }) => total + size, 0);
    yield `note: ${counted(unreferenced.length, 'blob')} (${view.bytes(sum)}) unreferenced: layers prune deletes them\n`;
  }
  for (const { path, sizeBytes: size, isLive } of some(partial, view)) {
    const whose = isLive ? 'of an upload in progress' : 'of an interrupted upload: layers prune deletes it';
    yield `note: ${escapeForTerminal(path)} (${view.bytes(size)}) is ${whose}\n`;
  }
  for (const path of some(unknown, view)) yield `note: ${escapeForTerminal(path)} is not part of a store\n`;
  for (const digest of some(absentPlatforms, view)) {
    yield `note: ${digest} is declared for another platform and is not stored\n`;
  }
  const what = `${counted(images, 'image')}, ${counted(blobs, 'blob')}, ${view.bytes(bytes)}`;
  yield isClean
    ? `${colours.green('clean')}: ${what}\n`
    : `${colours.red('damaged')}: ${counted(findings.length, 'defect')}; checked ${what}\n`;
}

function* repairLines({ from, entries, removed, backup }: NonNullable<StoreCheckDocument['repair']>) {
  const source = from === 'index' ? 'the entries of the old one' : 'the manifests in the store';
  yield `repaired: a new index with ${counted(entries, 'entry', 'entries')}, from ${source}\n`;
  if (removed > 0) yield `  ${counted(removed, 'entry', 'entries')} could not be kept\n`;
  if (from === 'blobs')
    yield '  the images have no names: name them with layers tag before layers prune deletes them\n';
  if (backup !== null) yield `  the old index is ${escapeForTerminal(backup)}\n`;
}

function* damageLines({ code, message, place = {} }: Finding, view: View): Generator<string> {
  const { digest = '', images = [] } = place;
  const subject = message.includes(digest) ? '' : `${digest}: `;
  yield `${view.colours.red(`${code}:`)} ${subject}${escapeForTerminal(message)}\n`;
  if (images.length === 0) return;
  const names = some(images, view).map(escapeForTerminal).join(', ');
  yield `  needed by ${names}: load it again to repair it\n`;
}

function some<T>(all: readonly T[], view: View): readonly T[] {
  return view.truncate ? all.slice(0, SHOWN) : all;
}
