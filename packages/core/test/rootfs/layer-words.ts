import type { EntrySpec } from '@layers/testing/tar-builder';
import { pathOf } from '../../src/rootfs/changeset.ts';
import type { Union } from '../../src/rootfs/union.ts';
import { treeOf, wasteOf } from './unpacked.ts';

/** Few words for layers and for what becomes of them, so that a case reads as a table. */

export const file = (path: string, text = 'x', more: Partial<EntrySpec> = {}): EntrySpec => ({
  path,
  data: Buffer.from(text),
  ...more,
});
export const directory = (path: string, more: Partial<EntrySpec> = {}): EntrySpec => ({
  type: 'directory',
  path,
  ...more,
});
export const symlink = (path: string, linkpath: string): EntrySpec => ({ type: 'symlink', path, linkpath });
export const link = (path: string, linkpath: string): EntrySpec => ({ type: 'link', path, linkpath });
export const marker = (path: string): EntrySpec => ({ path });

/** The paths of the tree in order, `/` after directories; with `layer:entry` where `from` is asked for. */
export function pathsOf(union: Union, { from = false } = {}): string[] {
  const lines = [...treeOf(union)].map(([path, standing]) => {
    const shown = Buffer.from(path, 'latin1').toString('utf8') + (standing.type === 'directory' ? '/' : '');
    return from && standing.from !== '' ? `${shown} ${standing.from}` : shown;
  });
  return lines.filter((line) => line !== '/' && !line.startsWith('/ ')).sort();
}

/** `path bytes cause, by layer` of each wasted content. */
export function wasteLinesOf(union: Union): string[] {
  return wasteOf(union).map(({ layer, entry, cause, unreachableFrom }) => {
    const changeset = union.layers[layer];
    if (changeset === undefined) throw new Error(`no layer ${layer}`);
    return `${Buffer.from(pathOf(changeset, entry))} ${changeset.size[entry]} ${cause}, by ${unreachableFrom}`;
  });
}

/** The codes of a layer's findings, its tar's first, each as often as it was found. */
export function codesOf(union: Union, layer: number): string[] {
  const found = [...(union.layers[layer]?.findings ?? []), ...(union.changes[layer]?.findings ?? [])];
  return found.map(({ code }) => code);
}

/** `[added, modified, deleted]` of a layer. */
export function changesOf(union: Union, layer: number): number[] {
  const { added = 0, modified = 0, deleted = 0 } = union.changes[layer] ?? {};
  return [added, modified, deleted];
}
