import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { changesetOf, type ReadImage, readContent } from '@layers/core/image';
import {
  type Changeset,
  linkTargetOf,
  nodePath,
  ROOT,
  type Union,
  uniteLayers,
  walkNodes,
} from '@layers/core/rootfs';
import { readOne } from '@layers/testing/analysed';
import { buildDockerArchive } from '@layers/testing/archive-builder';
import type { Scratch } from '@layers/testing/scratch';
import { buildTar, type EntrySpec } from '@layers/testing/tar-builder';

export type Tree = Record<string, Record<string, unknown>>;

/** Returns an image with these layers, read from an archive. `whole` compresses the archive, `gzip` each layer. */
export async function imageOf(
  layers: readonly (readonly EntrySpec[] | Uint8Array)[],
  scratch: Scratch,
  compression: 'gzip' | 'whole' | null = null,
): Promise<ReadImage> {
  const tars = layers.map((layer) => (layer instanceof Uint8Array ? layer : buildTar(layer)));
  const bytes = buildDockerArchive(
    { images: [{ tags: ['a:1'], layers: tars }] },
    { form: 'hybrid', compression: compression === 'gzip' ? 'gzip' : null },
  );
  return readOne({ path: scratch.file(compression === 'whole' ? gzipSync(bytes) : bytes) });
}

export function unionOf(image: ReadImage): Union {
  return uniteLayers(image.layers.map(changesetOf));
}

/** Returns everything that a container sees, by path: attributes, digests of contents, and the first name of each inode. */
export async function treeOf(image: ReadImage, union = unionOf(image)): Promise<Tree> {
  const tree: Tree = {};
  const inodes = new Map<string, { readonly first: string; readonly digest: string }>();
  const { nodes } = union;
  for (const node of [ROOT, ...walkNodes(union, ROOT)]) {
    const path = Buffer.from(nodePath(union, node)).toString('latin1');
    const layer = nodes.layerOf(node);
    const entry = nodes.entryOf(node);
    const changeset = union.layers[layer];
    if (changeset === undefined) {
      if (node !== ROOT) tree[path] = { kind: 'd', mode: 0o755, uid: 0, gid: 0, mtime: 0, ns: 0 };
      continue;
    }
    const kind = nodes.kindOf(node);
    if (kind === 6) {
      tree[path] = { kind: 'd', ...attributes(changeset, entry) };
      continue;
    }
    const key = `${layer} ${entry}`;
    const known = inodes.get(key) ?? {
      first: path,
      digest: kind === 1 ? await digest(image, layer, entry) : '',
    };
    inodes.set(key, known);
    tree[path] = {
      kind,
      ...attributes(changeset, entry),
      first: known.first,
      digest: known.digest,
      link: kind === 3 ? Buffer.from(linkTargetOf(changeset, entry)).toString('latin1') : '',
      device: changeset.devices.get(entry) ?? null,
    };
  }
  return tree;
}

function attributes(changeset: Changeset, entry: number) {
  return {
    mode: changeset.mode[entry],
    uid: changeset.uid[entry],
    gid: changeset.gid[entry],
    mtime: changeset.mtime[entry],
    ns: changeset.mtimeNs?.[entry] ?? 0,
    ...(changeset.xattrs.has(entry)
      ? {
          xattrs: [...(changeset.xattrs.get(entry) ?? [])]
            .map(([k, v]) => `${k}=${Buffer.from(v).toString('hex')}`)
            .sort(),
        }
      : {}),
  };
}

async function digest(image: ReadImage, layer: number, entry: number): Promise<string> {
  const hash = createHash('sha256');
  for await (const bytes of readContent(image, layer, entry)) hash.update(bytes);
  return hash.digest('hex');
}
