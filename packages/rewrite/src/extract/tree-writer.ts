import { fchmodSync, fstatSync, lstatSync, mkdirSync, rmdirSync, unlinkSync } from 'node:fs';
import { systemCode } from '@layers/core/io';
import { NONE, nodePath, ROOT, type Union } from '@layers/core/rootfs';
import { extractError } from './extract-error.js';
import { foldedName } from './merged-names.js';
import type { OpenDirectories } from './open-directories.js';
import type { NotDoneKind, ReportBuilder } from './report.js';

/** What became of a node. */
const Made = {
  no: 0,
  yes: 1,
  /** A directory that the file system merged with another one of the image. It keeps that one's attributes. */
  merged: 2,
} as const;

export interface TreeWriterOptions {
  readonly union: Union;
  readonly directories: OpenDirectories;
  readonly report: ReportBuilder;
  /** The directory to extract into, as the caller named it. */
  readonly directory: string;
  readonly force: boolean;
  /** Nodes whose name the file system may not distinguish from that of another node. */
  readonly merged: ReadonlySet<number>;
}

/** Error codes that a name alone can cause. */
const NAME_ERRORS: ReadonlySet<string | undefined> = new Set(['ENAMETOOLONG', 'EILSEQ', 'EINVAL']);
const NO_ERRORS: ReadonlySet<string | undefined> = new Set();

/** Creates files and directories at the paths of nodes, and decides what happens to existing ones. */
export class TreeWriter {
  readonly #union: Union;
  readonly #directories: OpenDirectories;
  readonly #report: ReportBuilder;
  readonly #directory: string;
  readonly #force: boolean;
  readonly #merged: ReadonlySet<number>;
  /** A `Made` for each node. */
  readonly #made: Uint8Array;

  constructor({ union, directories, report, directory, force, merged }: TreeWriterOptions) {
    this.#union = union;
    this.#directories = directories;
    this.#report = report;
    this.#directory = directory;
    this.#force = force;
    this.#merged = merged;
    this.#made = new Uint8Array(union.nodes.count);
    this.#made[ROOT] = Made.yes;
  }

  isMade(node: number): boolean {
    return this.#made[node] !== Made.no;
  }

  /** Returns whether a directory was made and gets the attributes of this node. */
  isOwnDirectory(node: number): boolean {
    return this.#made[node] === Made.yes;
  }

  /** Returns whether the parent directory of a node was made. Adds to the report if it was not. */
  hasParent(node: number): boolean {
    if (this.isMade(this.#union.nodes.parentOf(node))) return true;
    this.#report.addNotDone(node, 'parent', () => 'its parent directory could not be created');
    return false;
  }

  /** Makes the directory of a node. Only its owner can enter it until its attributes are set. */
  makeDirectory(node: number): void {
    try {
      this.#tryDirectory(node);
      if (this.isMade(node)) this.#report.count('directories');
    } catch (error) {
      if (!NAME_ERRORS.has(systemCode(error))) throw this.errorAt(node, error);
      this.#refuseName(node);
    }
  }

  /**
   * Makes anything but a directory. Returns false if that failed, and adds to the report.
   *
   * @param make gets the path, and must fail with EEXIST if it exists
   * @param failure the kind in the report for errors of `tolerated`
   * @param tolerated error codes that do not end the extraction
   */
  make(
    node: number,
    make: (path: Buffer) => void,
    failure: NotDoneKind = 'name',
    tolerated: ReadonlySet<string | undefined> = NO_ERRORS,
  ): boolean {
    try {
      const path = this.pathOf(node);
      if (!isCreated(() => make(path))) {
        if (!this.#removeExisting(node, path)) return false;
        make(path);
      }
      this.#made[node] = Made.yes;
      return true;
    } catch (error) {
      const code = systemCode(error);
      if (tolerated.has(code)) this.#report.addNotDone(node, failure, () => `the system reports ${code}`);
      else if (NAME_ERRORS.has(code)) this.#refuseName(node);
      else throw this.errorAt(node, error);
      return false;
    }
  }

  /** Records that the caller removed what was made for a node. */
  markRemoved(node: number): void {
    this.#made[node] = Made.no;
  }

  /** Returns the path for system calls. The directory of `pinned` stays open meanwhile. */
  pathOf(node: number, pinned = NONE): Buffer {
    const { nodes } = this.#union;
    return this.#directories.open(nodes.parentOf(node), pinned).at(nodes.nameOf(node));
  }

  /** Returns the error with the path of a node. */
  errorAt(node: number, error: unknown): unknown {
    return extractError(this.#directory, nodePath(this.#union, node), error);
  }

  #tryDirectory(node: number): void {
    const path = this.pathOf(node);
    if (isCreated(() => mkdirSync(path, 0o700))) {
      this.#made[node] = Made.yes;
      return;
    }
    const isDirectory = lstatSync(path).isDirectory();
    if (isDirectory && this.#isNameTaken(node)) {
      const message = 'the file system merges it with the directory of another path';
      this.#report.addNotDone(node, 'name-collision', () => message);
      this.#made[node] = Made.merged;
      return;
    }
    if (isDirectory) allowOwner(this.#directories.open(node).fd);
    else if (!this.#removeExisting(node, path)) return;
    else mkdirSync(path, 0o700);
    this.#made[node] = Made.yes;
  }

  /** Removes what is at the path, without following symlinks. Returns false if it must stay. */
  #removeExisting(node: number, path: Buffer): boolean {
    if (this.#isNameTaken(node)) {
      const message = 'the file system does not distinguish its name from that of another path';
      this.#report.addNotDone(node, 'name-collision', () => message);
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
      const code = systemCode(error);
      if (code !== 'ENOTEMPTY' && code !== 'EEXIST' && code !== 'EBUSY') throw error;
      this.#report.addNotDone(node, 'occupied', () => 'a directory with contents is in the way');
      return false;
    }
  }

  /** Returns whether another node of the image, whose name the file system does not distinguish, took the path. */
  #isNameTaken(node: number): boolean {
    if (!this.#force) return true;
    if (!this.#merged.has(node)) return false;
    const { nodes } = this.#union;
    const name = foldedName(nodes.nameOf(node));
    const parent = nodes.parentOf(node);
    for (let other = nodes.firstChild(parent); other !== NONE; other = nodes.nextSibling(other)) {
      if (other !== node && this.isMade(other) && foldedName(nodes.nameOf(other)) === name) return true;
    }
    return false;
  }

  #refuseName(node: number): void {
    this.#report.addNotDone(node, 'name', () => 'the file system does not allow its name');
  }
}

/** Runs `make`. Returns false if it fails because the path exists. */
function isCreated(make: () => void): boolean {
  try {
    make();
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Lets the owner write to an existing directory. Its own mode is set at the end. */
function allowOwner(fd: number): void {
  const { mode, uid } = fstatSync(fd);
  if ((mode & 0o700) === 0o700 || uid !== process.geteuid?.()) return;
  fchmodSync(fd, (mode & 0o7777) | 0o700);
}
