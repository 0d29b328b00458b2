import { spawnSync } from 'node:child_process';
import { systemCode } from '@layers/core/io';

/** The most files whose extended attributes are set. Each needs a separate process. */
export const MAX_XATTR_FILES = 1000;

/** Sets extended attributes with the program `setfattr`, because Node has no call for them. */
export interface XattrWriter {
  /** Sets the attributes of an open file or directory. Returns why some are not set, or an empty string. */
  set(fd: number, xattrs: ReadonlyMap<string, Uint8Array>): string;
}

export function createXattrWriter(): XattrWriter {
  let count = 0;
  let isMissing = false;
  return {
    set(fd, xattrs) {
      // They would change what an overlay mount of the tree shows.
      if ([...xattrs.keys()].some(isOverlays)) return 'attributes of overlay file systems are not set';
      if (isMissing) return MISSING;
      if (++count > MAX_XATTR_FILES) return `more than ${MAX_XATTR_FILES} files have extended attributes`;
      const { error, status } = spawnSync('setfattr', ['--restore=-'], {
        input: dumpOf(xattrs),
        stdio: ['pipe', 'ignore', 'ignore', fd],
      });
      isMissing = systemCode(error) === 'ENOENT';
      if (isMissing) return MISSING;
      if (error !== undefined) return `the program setfattr cannot be run: ${systemCode(error)}`;
      return status === 0 ? '' : 'the file system or the user does not permit it';
    },
  };
}

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
