import { NONE, nodePath, ROOT, type Union } from '@layers/core/rootfs';

/**
 * Returns a function that gives the name of a node in a tar: relative, the root as `./`. It caches the last directory,
 * because most nodes come directory by directory.
 */
export function createTarNames(union: Union): (node: number) => Uint8Array {
  const { nodes } = union;
  let directory = NONE;
  let prefix: Uint8Array = new Uint8Array(0);
  return (node) => {
    if (node === ROOT) return Buffer.from('./');
    const parent = nodes.parentOf(node);
    if (parent !== directory) {
      prefix = prefixOf(union, parent);
      directory = parent;
    }
    const name = nodes.nameOf(node);
    const path = new Uint8Array(prefix.length + name.length);
    path.set(prefix);
    path.set(name, prefix.length);
    return path;
  };
}

function prefixOf(union: Union, directory: number): Uint8Array {
  return directory === ROOT
    ? new Uint8Array(0)
    : Buffer.concat([nodePath(union, directory).subarray(1), SLASH]);
}

const SLASH = Buffer.from('/');
