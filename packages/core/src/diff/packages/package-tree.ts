import type { PackageTree } from '../../distro/package-tree.js';
import type { ContentPlace } from '../../image/contents/compare-contents.js';
import { readWholeContents } from '../../image/contents/whole-contents.js';
import type { ReadImage } from '../../image/read-image.js';
import { Kind } from '../../rootfs/kind.js';
import { NONE } from '../../rootfs/node-table.js';
import { resolvePath } from '../../rootfs/rootfs.js';
import type { MergedTree } from '../../rootfs/union.js';
import { placeOf } from '../files/decide-contents.js';

/** Returns an image's merged tree in the form that the readers of package databases use. */
export function packageTreeOf(image: ReadImage, union: MergedTree): PackageTree {
  return {
    find(path) {
      const place = fileAt(union, path);
      return place === null ? null : { size: union.layers[place.layer]?.size[place.entry] ?? 0 };
    },
    list(path) {
      const resolved = resolvePath(union, path);
      if (!('node' in resolved)) return [];
      const { nodes } = union;
      const names: string[] = [];
      for (let at = nodes.firstChild(resolved.node); at !== NONE; at = nodes.nextSibling(at)) {
        const bytes = Buffer.from(nodes.nameOf(at));
        const name = bytes.toString('utf8');
        if (nodes.kindOf(at) === Kind.file && Buffer.from(name).equals(bytes)) names.push(name);
      }
      return names.sort();
    },
    async read(paths) {
      const wanted = paths.flatMap((path) => {
        const place = fileAt(union, path);
        return place === null ? [] : [{ path, place }];
      });
      const contents = await readWholeContents(
        image,
        wanted.map(({ place }) => place),
      );
      return new Map(wanted.map(({ path }, i) => [path, contents[i] ?? new Uint8Array(0)]));
    },
  };
}

/** Returns the regular file that a path resolves to, or null. */
export function fileAt(union: MergedTree, path: string): ContentPlace | null {
  const resolved = resolvePath(union, path);
  if (!('node' in resolved) || union.nodes.kindOf(resolved.node) !== Kind.file) return null;
  return placeOf(union, resolved.node);
}
