import { changesetOf, type ReadImage, readContent } from '@layers/core/image';
import { Kind, linkTargetOf, nodePath, uniteLayers, walkNodes } from '@layers/core/rootfs';
import { walkTar } from '@layers/tar';
import { readOne } from '@layers/testing/analysed';
import { type ArchiveOptions, buildDockerArchive } from '@layers/testing/archive-builder';
import type { Scratch } from '@layers/testing/scratch';
import { buildTar, type EntrySpec } from '@layers/testing/tar-builder';
import type { AppendBase, AppendPlan } from '../../src/append/append-options.ts';

/** An image that was read from a file, with the tars of its layers. */
export interface TestImage extends AppendBase {
  readonly layers: readonly Uint8Array[];
  readonly image: ReadImage;
}

export async function imageOf(
  scratch: Scratch,
  layers: readonly (readonly EntrySpec[])[],
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

/** Returns the tar of a plan. Throws if its size is not `tarBytes`. */
export async function tarOf(plan: AppendPlan): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of plan.tar()) chunks.push(Buffer.from(chunk));
  const tar = Buffer.concat(chunks);
  if (tar.length !== plan.tarBytes) throw new Error(`planned ${plan.tarBytes} bytes, wrote ${tar.length}`);
  return tar;
}

/** Reads the image with the plan's layer on top. */
export async function appended(
  scratch: Scratch,
  base: TestImage | null,
  plan: AppendPlan,
): Promise<TestImage> {
  return imageOfTars(scratch, [...(base?.layers ?? []), await tarOf(plan)]);
}

/** Describes every path of an image. Hard links to the same file have the same number. */
export async function treeOf({ union, image }: AppendBase): Promise<Record<string, string>> {
  const tree: Record<string, string> = {};
  const contents = new Map<string, number>();
  for (const node of walkNodes(union, 0)) {
    const layer = union.layers[union.nodes.layerOf(node)];
    const entry = union.nodes.entryOf(node);
    const kind = union.nodes.kindOf(node);
    const path = Buffer.from(nodePath(union, node)).toString('latin1');
    if (layer === undefined) {
      tree[path] = 'no entry';
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
      const chunks: Buffer[] = [];
      for await (const chunk of readContent(image, union.nodes.layerOf(node), entry))
        chunks.push(Buffer.from(chunk));
      const bytes = Buffer.concat(chunks);
      const text = bytes.length > 40 ? `${bytes.length} bytes` : bytes.toString('latin1');
      tree[path] = `file#${number} ${attributes} ${JSON.stringify(text)}${xattrs.join('')}`;
    } else tree[path] = `kind ${kind} ${attributes} ${String(layer.devices.get(entry))}`;
  }
  return tree;
}

/** Lists the names of the entries of a plan's layer, with the targets of links. */
export async function entriesOf(plan: AppendPlan): Promise<string[]> {
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
