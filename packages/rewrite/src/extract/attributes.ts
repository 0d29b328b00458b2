import {
  chmodSync,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  futimesSync,
  lchownSync,
  lstatSync,
  lutimesSync,
  openSync,
  type Stats,
} from 'node:fs';
import { systemCode } from '@layers/core/io';
import type { Changeset } from '@layers/core/rootfs';
import type { NotDoneKind, ReportBuilder } from './report.js';
import { createXattrWriter } from './xattr-writer.js';

/** The attributes of a path in an image. */
export interface Attributes {
  readonly uid: number;
  readonly gid: number;
  /** Permission bits, setuid, setgid and sticky: 12 bits. */
  readonly mode: number;
  /** Modification time in seconds since 1970, rounded down. */
  readonly mtime: number;
  /** The modification time with its fraction of a second, as `utimesText` returns it. */
  readonly time: string;
  readonly xattrs: ReadonlyMap<string, Uint8Array> | null;
}

/** The attributes of a directory without an entry. */
const DEFAULT_ATTRIBUTES: Attributes = { uid: 0, gid: 0, mode: 0o755, mtime: 0, time: '0', xattrs: null };

export function attributesOf(changeset: Changeset | undefined, entry: number): Attributes {
  if (changeset === undefined) return DEFAULT_ATTRIBUTES;
  return {
    uid: changeset.uid[entry] ?? 0,
    gid: changeset.gid[entry] ?? 0,
    mode: (changeset.mode[entry] ?? 0) & 0o7777,
    mtime: changeset.mtime[entry] ?? 0,
    time: utimesText(changeset.mtime[entry] ?? 0, changeset.mtimeNs?.[entry] ?? 0),
    xattrs: changeset.xattrs.get(entry) ?? null,
  };
}

/** Sets the attributes of files. Adds to the report what the system refuses. */
export interface Restorer {
  /** Sets owner, mode, time and extended attributes of an open file or directory, in this order. */
  onDescriptor(node: number, fd: number, attributes: Attributes): void;
  /** Sets owner and time of a symlink, FIFO or device in an open directory. */
  onPath(node: number, path: Buffer, attributes: Attributes): void;
  /** Sets the setuid, setgid and sticky bits of a FIFO or device, which was made without them. Linux with /proc only. */
  specialBits(node: number, path: Buffer, attributes: Attributes): void;
}

/**
 * Returns a restorer.
 *
 * @param sameOwner whether to set owners; null sets them for root only, as tar does
 */
export function createRestorer(report: ReportBuilder, sameOwner: boolean | null): Restorer {
  const uid = process.geteuid?.() ?? 0;
  const gid = process.getegid?.() ?? 0;
  const setsOwner = sameOwner ?? uid === 0;

  const attempt = (
    node: number,
    what: NotDoneKind,
    tolerated: ReadonlySet<string | undefined>,
    act: () => void,
  ): void => {
    try {
      act();
    } catch (error) {
      const code = systemCode(error);
      if (!tolerated.has(code)) throw error;
      report.addNotDone(node, what, () => `the system reports ${code}`);
    }
  };

  const restoreOwner = (node: number, wanted: Attributes, chown: () => void): void => {
    if (setsOwner) attempt(node, 'owner', CHOWN_ERRORS, chown);
    else if (sameOwner === null && (wanted.uid !== uid || wanted.gid !== gid)) {
      report.addNotDone(node, 'owner', () => `only root can set the owner ${wanted.uid}:${wanted.gid}`);
    }
  };

  /** Reports a time that the file system cannot store, and has replaced by the nearest one that it can. */
  const checkTime = (node: number, { mtime }: Attributes, stat: () => Stats): void => {
    if (mtime >= -(2 ** 31) && mtime < 2 ** 31) return;
    if (Math.abs(stat().mtimeMs / 1000 - mtime) < 2) return;
    report.addNotDone(
      node,
      'mtime',
      () => `the file system cannot store the time ${mtime} (seconds since 1970)`,
    );
  };

  const xattrWriter = createXattrWriter();
  const restoreXattrs = (node: number, { xattrs }: Attributes, fd: number | null): void => {
    if (xattrs === null) return;
    const unset =
      fd === null
        ? { xattrs, why: 'only those of files and directories are set' }
        : xattrWriter.set(fd, xattrs);
    if (unset !== null) report.addNotDone(node, 'xattr', () => `${xattrMessage(unset.xattrs)}: ${unset.why}`);
  };

  /** Returns the mode that is safe for the owner that a file has. */
  const checkedMode = (node: number, wanted: Attributes, fd: number): number => {
    const mode = safeMode(wanted, fd);
    if (mode !== wanted.mode) {
      report.addNotDone(node, 'setuid', () => `its owner is not ${wanted.uid}:${wanted.gid}`);
    }
    return mode;
  };

  return {
    onDescriptor(node, fd, wanted) {
      restoreOwner(node, wanted, () => fchownSync(fd, wanted.uid, wanted.gid));
      const mode = checkedMode(node, wanted, fd);
      attempt(node, 'mode', CHMOD_ERRORS, () => fchmodSync(fd, mode));
      attempt(node, 'mtime', UTIMES_ERRORS, () => futimesSync(fd, wanted.time, wanted.time));
      checkTime(node, wanted, () => fstatSync(fd));
      restoreXattrs(node, wanted, fd);
    },
    specialBits(node, path, wanted) {
      if ((wanted.mode & SPECIAL_BITS) === 0) return;
      // Opens the file itself, also if another process has put a symlink in its place.
      const fd = openSync(path, O_PATH | constants.O_NOFOLLOW);
      try {
        const stat = fstatSync(fd);
        if (stat.isSymbolicLink())
          throw Object.assign(new Error('a symlink is in the way'), { code: 'ELOOP' });
        const mode = checkedMode(node, wanted, fd);
        attempt(node, 'mode', CHMOD_ERRORS, () => chmodSync(`/proc/self/fd/${fd}`, mode));
      } finally {
        closeSync(fd);
      }
    },
    onPath(node, path, wanted) {
      restoreOwner(node, wanted, () => lchownSync(path, wanted.uid, wanted.gid));
      attempt(node, 'mtime', UTIMES_ERRORS, () => lutimesSync(path, wanted.time, wanted.time));
      checkTime(node, wanted, () => lstatSync(path));
      restoreXattrs(node, wanted, null);
    },
  };
}

const CHOWN_ERRORS: ReadonlySet<string | undefined> = new Set([
  'EPERM',
  'EINVAL',
  'ENOTSUP',
  'EOPNOTSUPP',
  'ENOSYS',
]);
const CHMOD_ERRORS: ReadonlySet<string | undefined> = new Set([
  'EPERM',
  'EINVAL',
  'ENOTSUP',
  'EOPNOTSUPP',
  'EFTYPE',
]);
const UTIMES_ERRORS: ReadonlySet<string | undefined> = new Set([
  'EPERM',
  'EINVAL',
  'ENOTSUP',
  'EOPNOTSUPP',
  'ENOSYS',
]);

/** Linux's flag for a descriptor that only refers to a file. Node has no constant for it. */
const O_PATH = 0o10000000;

const SPECIAL_BITS = 0o7000;
const SETUID = 0o4000;
const SETGID = 0o2000;

/** Returns the mode without setuid and setgid if the file's owner or group is not that of the image. */
function safeMode({ mode, uid, gid }: Attributes, fd: number): number {
  if ((mode & (SETUID | SETGID)) === 0) return mode;
  const actual = fstatSync(fd);
  const unsafe = (actual.uid === uid ? 0 : SETUID) | (actual.gid === gid ? 0 : SETGID);
  return mode & ~unsafe;
}

const MAX_NAMES = 10;
const MAX_NAME = 100;

function xattrMessage(xattrs: ReadonlyMap<string, Uint8Array>): string {
  const names = [...xattrs.keys()].sort().slice(0, MAX_NAMES);
  const shown = names.map((name) => Buffer.from(name.slice(0, MAX_NAME), 'latin1').toString('utf8'));
  const more = xattrs.size > names.length ? ` and ${xattrs.size - names.length} more` : '';
  const capability = xattrs.has('security.capability') ? ', so the file lacks its capabilities' : '';
  return `not set: ${shown.join(', ')}${more}${capability}`;
}

/**
 * Returns a time in the form that Node's `utimes` functions take without loss: text, because they take a negative number
 * for the current time. Node counts in doubles of seconds, and some versions truncate to microseconds. So this chooses
 * the nearest double within the right microsecond: times are exact to the microsecond, whole seconds are exact.
 *
 * @param seconds since 1970, rounded down
 * @param nanoseconds to add to `seconds`
 */
export function utimesText(seconds: number, nanoseconds: number): string {
  const nearest = seconds + nanoseconds / 1e9;
  const wanted = Math.floor(nanoseconds / 1000);
  const found = Math.floor((nearest - seconds) * 1e6);
  if (nanoseconds === 0 || nearest === 0 || found === wanted) return String(nearest);
  const step = 2 ** (Math.floor(Math.log2(Math.abs(nearest))) - 52);
  return String(found < wanted ? nearest + step : nearest - step);
}
