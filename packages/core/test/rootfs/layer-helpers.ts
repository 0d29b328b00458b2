import type { EntrySpec } from '@layers/testing/tar-builder';
import { pathOf } from '../../src/rootfs/changeset.ts';
import type { Union } from '../../src/rootfs/union.ts';
import { treeOf, wasteOf } from './union-helpers.ts';

/** Helpers that create layers and summarise unions, for short test cases. */

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

/** Returns the paths of the tree in order, directories with `/`; with `from`, also `layer:entry`. */
export function pathsOf(union: Union, { from = false } = {}): string[] {
  const lines = [...treeOf(union)].map(([path, standing]) => {
    const shown = Buffer.from(path, 'latin1').toString('utf8') + (standing.type === 'directory' ? '/' : '');
    return from && standing.from !== '' ? `${shown} ${standing.from}` : shown;
  });
  return lines.filter((line) => line !== '/' && !line.startsWith('/ ')).sort();
}

/** Returns `path bytes cause, by layer` for each wasted content. */
export function wasteLinesOf(union: Union): string[] {
  return wasteOf(union).map(({ layer, entry, cause, unreachableFrom }) => {
    const changeset = union.layers[layer];
    if (changeset === undefined) throw new Error(`no layer ${layer}`);
    return `${Buffer.from(pathOf(changeset, entry))} ${changeset.size[entry]} ${cause}, by ${unreachableFrom}`;
  });
}

/** Returns the codes of all findings of a layer, those of its tar first. */
export function codesOf(union: Union, layer: number): string[] {
  const found = [...(union.layers[layer]?.findings ?? []), ...(union.changes[layer]?.findings ?? [])];
  return found.map(({ code }) => code);
}

/** Returns `[added, modified, deleted]` of a layer. */
export function changesOf(union: Union, layer: number): number[] {
  const { added = 0, modified = 0, deleted = 0 } = union.changes[layer] ?? {};
  return [added, modified, deleted];
}
