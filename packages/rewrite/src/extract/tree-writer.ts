import { fchmodSync, fstatSync, lstatSync, mkdirSync, rmdirSync, unlinkSync } from 'node:fs';
import { NONE, nodePath, ROOT, type Union } from '@layers/core/rootfs';
import { codeOf, writeError } from './extract-error.js';
import type { Folders } from './folders.js';
import { foldedName } from './merged-names.js';
import type { NotDoneKind, ReportBuilder } from './report.js';

/** What became of a node. */
const Made = {
  no: 0,
  yes: 1,
  /** A directory that is another of the image's too: it keeps the other's attributes. */
  merged: 2,
} as const;

export interface TreeWriterOptions {
  readonly union: Union;
  readonly folders: Folders;
  readonly report: ReportBuilder;
  /** The directory that is extracted into, as the caller named it. */
  readonly directory: string;
  readonly force: boolean;
  /** Nodes whose name the file system may take for that of another node. */
  readonly merged: ReadonlySet<number>;
}

/** Makes things at the paths of nodes, and decides about what stands there. */
export interface TreeWriter {
  isMade(node: number): boolean;
  /** Whether the directory of the node was made. Says so in the report where it was not. */
  hasParent(node: number): boolean;
  /** Makes the directory of a node, open to its owner alone until its attributes are set. */
  makeDirectory(node: number): void;
  /** A directory that was made and takes its own attributes. */
  isOwnDirectory(node: number): boolean;
  /**
   * Makes what is no directory: `make` gets the path and must refuse to take one that is there (EEXIST).
   * False where it could not be made, which is then in the report, as `failure` where the error is one of `bearable`.
   */
  make(
    node: number,
    make: (path: Buffer) => void,
    failure?: NotDoneKind,
    bearable?: ReadonlySet<string>,
  ): boolean;
  /** The node was removed again. */
  unmake(node: number): void;
  /** The path for system calls. The directory of `pinned` stays open meanwhile. */
  pathOf(node: number, pinned?: number): Buffer;
  /** The error in one line that names the node's path. */
  errorAt(node: number, error: unknown): unknown;
}

/** What a name alone can be the reason of. */
const NAME_ERRORS: ReadonlySet<string> = new Set(['ENAMETOOLONG', 'EILSEQ', 'EINVAL']);
const NONE_BEARABLE: ReadonlySet<string> = new Set();

export function createTreeWriter(options: TreeWriterOptions): TreeWriter {
  const { union, folders, report, directory, force, merged } = options;
  const { nodes } = union;
  const made = new Uint8Array(nodes.count);
  made[ROOT] = Made.yes;

  const errorAt = (node: number, error: unknown): unknown =>
    writeError(error, directory, nodePath(union, node));

  const pathOf = (node: number, pinned = NONE): Buffer =>
    folders.open(nodes.parentOf(node), pinned).at(nodes.nameOf(node));

  /** Whether what stands there is of this image: its name is another that the file system takes for the same. */
  const collides = (node: number): boolean => {
    if (!force) return true;
    if (!merged.has(node)) return false;
    const name = foldedName(nodes.nameOf(node));
    for (let at = nodes.firstChild(nodes.parentOf(node)); at !== NONE; at = nodes.nextSibling(at)) {
      if (at !== node && made[at] !== Made.no && foldedName(nodes.nameOf(at)) === name) return true;
    }
    return false;
  };

  /** Removes what stands in the way, never following it; false where it stays. */
  const clear = (node: number, path: Buffer): boolean => {
    if (collides(node)) {
      report.addNotDone(
        node,
        'name-collision',
        () => 'the file system takes its name for that of another path',
      );
      return false;
    }
    if (!lstatSync(path).isDirectory()) {
      unlinkSync(path);
      return true;
    }
    try {
      rmdirSync(path);
      return true;
    } catch (error) {
      const code = codeOf(error);
      if (code !== 'ENOTEMPTY' && code !== 'EEXIST' && code !== 'EBUSY') throw error;
      report.addNotDone(node, 'occupied', () => 'a directory that is not empty stands there');
      return false;
    }
  };

  const placeDirectory = (node: number): void => {
    const path = pathOf(node);
    if (tryMake(() => mkdirSync(path, 0o700))) {
      made[node] = Made.yes;
      return;
    }
    const isDirectory = lstatSync(path).isDirectory();
    if (isDirectory && collides(node)) {
      report.addNotDone(
        node,
        'name-collision',
        () => 'the file system merges it with the directory of another path',
      );
      made[node] = Made.merged;
      return;
    }
    if (isDirectory) openToOwner(folders.open(node).fd);
    else if (!clear(node, path)) return;
    else mkdirSync(path, 0o700);
    made[node] = Made.yes;
  };

  return {
    isMade: (node) => made[node] !== Made.no,
    isOwnDirectory: (node) => made[node] === Made.yes,
    hasParent(node) {
      if (made[nodes.parentOf(node)] !== Made.no) return true;
      report.addNotDone(node, 'parent', () => 'the directory that it stands in could not be made');
      return false;
    },
    makeDirectory(node) {
      try {
        placeDirectory(node);
        if (made[node] !== Made.no) report.count('directories');
      } catch (error) {
        if (!NAME_ERRORS.has(codeOf(error))) throw errorAt(node, error);
        report.addNotDone(node, 'name', () => 'the file system does not take its name');
      }
    },
    make(node, make, failure = 'name', bearable = NONE_BEARABLE) {
      try {
        const path = pathOf(node);
        if (!tryMake(() => make(path))) {
          if (!clear(node, path)) return false;
          make(path);
        }
        made[node] = Made.yes;
        return true;
      } catch (error) {
        const code = codeOf(error);
        if (bearable.has(code)) report.addNotDone(node, failure, () => `the system refuses it: ${code}`);
        else if (NAME_ERRORS.has(code))
          report.addNotDone(node, 'name', () => 'the file system does not take its name');
        else throw errorAt(node, error);
        return false;
      }
    },
    unmake(node) {
      made[node] = Made.no;
    },
    pathOf,
    errorAt,
  };
}

/** False where something stands there already. */
function tryMake(make: () => void): boolean {
  try {
    make();
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** A directory that was there before must be fillable; its own mode is set at the end. */
function openToOwner(fd: number): void {
  const { mode, uid } = fstatSync(fd);
  if ((mode & 0o700) === 0o700 || uid !== process.geteuid?.()) return;
  fchmodSync(fd, (mode & 0o7777) | 0o700);
}
