import { spawnSync } from 'node:child_process';
import { systemCode } from '@layers/core/io';

/** The most files whose extended attributes are set. Each needs a separate process. */
export const MAX_XATTR_FILES = 1000;

/** Sets extended attributes with the program `setfattr`, because Node has no call for them. */
export interface XattrWriter {
  /** Sets the attributes of an open file or directory. Returns those that are not set, or null. */
  set(fd: number, xattrs: Xattrs): UnsetXattrs | null;
}

type Xattrs = ReadonlyMap<string, Uint8Array>;

/** Attributes that are not set, and why. */
export interface UnsetXattrs {
  readonly xattrs: Xattrs;
  readonly why: string;
}

/** If some attributes of a file cannot be set, at most so many are tried alone. */
const MAX_TRIED_ALONE = 16;

export function createXattrWriter(): XattrWriter {
  let count = 0;
  let isMissing = false;
  /** Returns why an attribute is not set, or an empty string. */
  const run = (fd: number, xattrs: Xattrs): string => {
    if (isMissing) return MISSING;
    const { error, status } = spawnSync('setfattr', ['--restore=-'], {
      input: dumpOf(xattrs),
      stdio: ['pipe', 'ignore', 'ignore', fd],
    });
    isMissing = systemCode(error) === 'ENOENT';
    if (isMissing) return MISSING;
    if (error !== undefined) return `the program setfattr cannot be run: ${systemCode(error)}`;
    return status === 0 ? '' : REFUSED;
  };
  return {
    set(fd, xattrs) {
      // They would change what an overlay mount of the tree shows.
      if ([...xattrs.keys()].some(isOverlays))
        return { xattrs, why: 'attributes of overlay file systems are not set' };
      if (++count > MAX_XATTR_FILES)
        return { xattrs, why: `more than ${MAX_XATTR_FILES} files have extended attributes` };
      const why = run(fd, xattrs);
      if (why === '') return null;
      if (why !== REFUSED || xattrs.size === 1 || xattrs.size > MAX_TRIED_ALONE) return { xattrs, why };
      // The program goes on after an attribute that it cannot set, and does not say which that was.
      const unset = new Map([...xattrs].filter((attribute) => run(fd, new Map([attribute])) !== ''));
      return unset.size === 0 ? null : { xattrs: unset, why };
    },
  };
}

const REFUSED = 'the file system or the user does not permit it';
const MISSING = 'the program setfattr is not installed';

function isOverlays(name: string): boolean {
  return /^(?:trusted|user)\.overlay\./.test(name);
}

/** Returns the attributes in the format of `getfattr --dump`. The file is the descriptor that the program inherits. */
function dumpOf(xattrs: ReadonlyMap<string, Uint8Array>): Buffer {
  const lines = [...xattrs].map(
    ([name, value]) => `${escapedName(name)}=0x${Buffer.from(value).toString('hex')}\n`,
  );
  return Buffer.from(`# file: /proc/self/fd/3\n${lines.join('')}`, 'latin1');
}

function escapedName(name: string): string {
  return name.replace(/[^!-<>-[\]-~]/g, (letter) => `\\${letter.charCodeAt(0).toString(8).padStart(3, '0')}`);
}
