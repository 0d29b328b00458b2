import { createTarParser, walkTar } from '@layers/tar';
import { buildTar, type EntrySpec } from '@layers/testing/tar-builder';
import { type Changeset, linkTargetOf } from '../../src/rootfs/changeset.ts';
import { ChangesetIndexer } from '../../src/rootfs/changeset-indexer.ts';
import { nodeTypeOf } from '../../src/rootfs/kind.ts';
import { NONE, ROOT } from '../../src/rootfs/node-table.ts';
import { type Union, uniteLayers } from '../../src/rootfs/union.ts';
import type { WastedContent } from '../../src/rootfs/waste-list.ts';

/** Returns the changeset of a seekable tar. */
export function changesetBySeeking(tar: Uint8Array): Changeset {
  const indexer = new ChangesetIndexer();
  const read = (target: Uint8Array, position: number): number => {
    const part = tar.subarray(position, position + target.length);
    target.set(part);
    return part.length;
  };
  const source = { size: tar.length, read };
  for (const entry of walkTar(source, { onWarning: (warning) => indexer.warn(warning) })) indexer.add(entry);
  return indexer.finish();
}

/** Returns the changeset of a tar that is streamed in pieces of `pieceBytes`. */
export function changesetByStreaming(tar: Uint8Array, pieceBytes: number): Changeset {
  const indexer = new ChangesetIndexer();
  const parser = createTarParser({
    onEntry: (entry) => {
      indexer.add(entry);
    },
    onWarning: (warning) => indexer.warn(warning),
  });
  for (let at = 0; at < tar.length; at += pieceBytes) {
    // Overwrites the piece, because the indexer must keep copies only.
    const piece = Buffer.from(tar.subarray(at, at + pieceBytes));
    parser.write(piece);
    piece.fill(0xee);
  }
  parser.end();
  return indexer.finish();
}

export function unite(layers: readonly (readonly EntrySpec[])[]): Union {
  return uniteLayers(layers.map((layer) => changesetBySeeking(buildTar(layer))));
}

/** The state of a path, in a comparable form. */
export interface Standing {
  readonly type: string;
  readonly attributes: string;
  readonly size: number;
  readonly linkTarget: string;
  readonly device: string;
  readonly xattrs: string;
  /** `layer:entry` of its inode, equal for hard links; '' for a directory without an entry. */
  readonly from: string;
}

/** Returns all live paths of a union from its node table; the root is ''. Names are latin1 text. */
export function treeOf({ nodes, layers }: Union): Map<string, Standing> {
  const tree = new Map<string, Standing>();
  const visit = (node: number, path: string): void => {
    tree.set(path, standingOf(node));
    for (let child = nodes.firstChild(node); child !== NONE; child = nodes.nextSibling(child)) {
      if (nodes.parentOf(child) !== node || !nodes.isLive(child))
        throw new Error(`${path} has a stray child`);
      visit(child, `${path}/${Buffer.from(nodes.nameOf(child)).toString('latin1')}`);
    }
  };
  const standingOf = (node: number): Standing => {
    const entry = nodes.entryOf(node);
    const changeset = layers[nodes.layerOf(node)];
    const type = nodeTypeOf(nodes.kindOf(node)) ?? 'none';
    if (changeset === undefined) {
      return { type, attributes: '755 0 0 0.0', size: 0, linkTarget: '', device: '', xattrs: '', from: '' };
    }
    const { mode, uid, gid, mtime, mtimeNs, size, devices, xattrs } = changeset;
    const time = `${mtime[entry]}.${mtimeNs?.[entry] ?? 0}`;
    return {
      type,
      attributes: `${(mode[entry] ?? 0).toString(8)} ${uid[entry]} ${gid[entry]} ${time}`,
      size: size[entry] ?? 0,
      linkTarget: Buffer.from(linkTargetOf(changeset, entry)).toString('latin1'),
      device: devices.get(entry)?.join(':') ?? '',
      xattrs: [...(xattrs.get(entry) ?? [])]
        .map(([key, value]) => `${key}=${Buffer.from(value).toString('latin1')}`)
        .sort()
        .join('\n'),
      from: `${nodes.layerOf(node)}:${entry}`,
    };
  };
  visit(ROOT, '');
  return tree;
}

export function wasteOf({ waste }: Union): WastedContent[] {
  return Array.from({ length: waste.count }, (_, i) => waste.at(i));
}
