import { changesetOf, type ReadImage, readContent } from '@layers/core/image';
import { Kind, linkTargetOf, nodePath, uniteLayers, walkNodes } from '@layers/core/rootfs';
import { walkTar } from '@layers/tar';
import { readOne } from '@layers/testing/analysed';
import { type ArchiveOptions, buildDockerArchive } from '@layers/testing/archive-builder';
import type { Scratch } from '@layers/testing/scratch';
import { buildTar, type Member } from '@layers/testing/tar-builder';
import type { AppendBase, AppendPlan } from '../../src/append/append-options.ts';

/** An image of these layers, as read from a file, and the tars that it was built of. */
export interface TestImage extends AppendBase {
  readonly layers: readonly Uint8Array[];
  readonly image: ReadImage;
}

export async function imageOf(
  scratch: Scratch,
  layers: readonly (readonly Member[])[],
  options: Partial<ArchiveOptions> = {},
): Promise<TestImage> {
  return imageOfTars(scratch, layers.map(buildTar), options);
}

export async function imageOfTars(
  scratch: Scratch,
  layers: readonly Uint8Array[],
  options: Partial<ArchiveOptions> = {},
): Promise<TestImage> {
  const archive = buildDockerArchive({ images: [{ tags: ['a:1'], layers }] }, { form: 'hybrid', ...options });
  const image = await readOne({ path: scratch.file(archive) });
  return { image, union: uniteLayers(image.layers.map(changesetOf)), layers };
}

/** The bytes of a plan's layer, which must have the size that was said. */
export async function tarOf(plan: AppendPlan): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of plan.tar()) pieces.push(Buffer.from(piece));
  const tar = Buffer.concat(pieces);
  if (tar.length !== plan.tarBytes) throw new Error(`said ${plan.tarBytes} bytes, wrote ${tar.length}`);
  return tar;
}

/** The image with the plan's layer on it, read again. */
export async function appended(
  scratch: Scratch,
  base: TestImage | null,
  plan: AppendPlan,
): Promise<TestImage> {
  return imageOfTars(scratch, [...(base?.layers ?? []), await tarOf(plan)]);
}

/** Every path of an image with what it is. Names of one content share a number. */
export async function treeOf({ union, image }: AppendBase): Promise<Record<string, string>> {
  const tree: Record<string, string> = {};
  const contents = new Map<string, number>();
  for (const node of walkNodes(union, 0)) {
    const layer = union.layers[union.nodes.layerOf(node)];
    const entry = union.nodes.entryOf(node);
    const kind = union.nodes.kindOf(node);
    const path = Buffer.from(nodePath(union, node)).toString('latin1');
    if (layer === undefined) {
      tree[path] = 'implied';
      continue;
    }
    const attributes = `${(layer.mode[entry] ?? 0).toString(8)} ${layer.uid[entry]}:${layer.gid[entry]} @${layer.mtime[entry]}.${layer.mtimeNs?.[entry] ?? 0}`;
    const xattrs = [...(layer.xattrs.get(entry) ?? [])].map(
      ([name, value]) => ` ${name}=${Buffer.from(value).toString('hex')}`,
    );
    if (kind === Kind.directory) tree[path] = `dir ${attributes}${xattrs.join('')}`;
    else if (kind === Kind.symlink)
      tree[path] = `-> ${Buffer.from(linkTargetOf(layer, entry)).toString('latin1')}`;
    else if (kind === Kind.file) {
      const key = `${union.nodes.layerOf(node)} ${entry}`;
      const number = contents.get(key) ?? contents.size;
      contents.set(key, number);
      const pieces: Buffer[] = [];
      for await (const piece of readContent(image, union.nodes.layerOf(node), entry))
        pieces.push(Buffer.from(piece));
      const bytes = Buffer.concat(pieces);
      const text = bytes.length > 40 ? `${bytes.length} bytes` : bytes.toString('latin1');
      tree[path] = `file#${number} ${attributes} ${JSON.stringify(text)}${xattrs.join('')}`;
    } else tree[path] = `kind ${kind} ${attributes} ${String(layer.devices.get(entry))}`;
  }
  return tree;
}

/** The names of a layer's members in order, with the targets of links. */
export async function membersOf(plan: AppendPlan): Promise<string[]> {
  const tar = await tarOf(plan);
  const names: string[] = [];
  const source = {
    size: tar.length,
    read: (target: Uint8Array, at: number) =>
      tar.copy(target, 0, at, Math.min(tar.length, at + target.length)),
  };
  for (const { path, linkpath } of walkTar(source)) {
    const link = linkpath.length > 0 ? ` -> ${Buffer.from(linkpath).toString('latin1')}` : '';
    names.push(Buffer.from(path).toString('latin1') + link);
  }
  return names;
}
