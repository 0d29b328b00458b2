import {
  fchmodSync,
  fchownSync,
  fstatSync,
  futimesSync,
  lchownSync,
  lstatSync,
  lutimesSync,
  type Stats,
} from 'node:fs';
import type { Changeset } from '@layers/core/rootfs';
import { codeOf } from './extract-error.js';
import type { NotDoneKind, ReportBuilder } from './report.js';
import { utimesText } from './times.js';

/** What an image says of a path, besides what it is. */
export interface Attributes {
  readonly uid: number;
  readonly gid: number;
  /** 12 bits. */
  readonly mode: number;
  /** Seconds since 1970 of the last change, rounded down. */
  readonly mtime: number;
  /** The same with what is above them, as `utimesText` gives it. */
  readonly time: string;
  readonly xattrs: ReadonlyMap<string, Uint8Array> | null;
}

/** What a directory has that no entry describes. */
const UNDESCRIBED: Attributes = { uid: 0, gid: 0, mode: 0o755, mtime: 0, time: '0', xattrs: null };

export function attributesOf(changeset: Changeset | undefined, entry: number): Attributes {
  if (changeset === undefined) return UNDESCRIBED;
  return {
    uid: changeset.uid[entry] ?? 0,
    gid: changeset.gid[entry] ?? 0,
    mode: (changeset.mode[entry] ?? 0) & 0o7777,
    mtime: changeset.mtime[entry] ?? 0,
    time: utimesText(changeset.mtime[entry] ?? 0, changeset.mtimeNanoseconds?.[entry] ?? 0),
    xattrs: changeset.xattrs.get(entry) ?? null,
  };
}

/** Gives files their attributes. What the system refuses is in the report. */
export interface Restorer {
  /** For an open file or directory: owner, mode, time, in this order. */
  onDescriptor(node: number, fd: number, attributes: Attributes): void;
  /** For a symlink, FIFO or device in an open directory: owner and time. */
  onPath(node: number, path: Buffer, attributes: Attributes): void;
}

/** @param sameOwner null for what tar does: owners as in the image for root, one's own for others */
export function createRestorer(report: ReportBuilder, sameOwner: boolean | null): Restorer {
  const uid = process.geteuid?.() ?? 0;
  const gid = process.getegid?.() ?? 0;
  const chowns = sameOwner ?? uid === 0;

  const attempt = (node: number, what: NotDoneKind, bearable: ReadonlySet<string>, act: () => void): void => {
    try {
      act();
    } catch (error) {
      const code = codeOf(error);
      if (!bearable.has(code)) throw error;
      report.addNotDone(node, what, () => `the system refuses it: ${code}`);
    }
  };

  const restoreOwner = (node: number, wanted: Attributes, chown: () => void): void => {
    if (chowns && (wanted.uid > MAX_ID || wanted.gid > MAX_ID)) {
      report.addNotDone(node, 'owner', () => `there is no owner ${wanted.uid}:${wanted.gid} on this system`);
    } else if (chowns) attempt(node, 'owner', CHOWN_ERRORS, chown);
    else if (sameOwner === null && (wanted.uid !== uid || wanted.gid !== gid)) {
      report.addNotDone(node, 'owner', () => `only root can give it to ${wanted.uid}:${wanted.gid}`);
    }
  };

  /** File systems put the nearest time that they know in place of one that they do not. */
  const checkTime = (node: number, { mtime }: Attributes, stat: () => Stats): void => {
    if (mtime >= -(2 ** 31) && mtime < 2 ** 31) return;
    if (Math.abs(stat().mtimeMs / 1000 - mtime) < 2) return;
    report.addNotDone(node, 'mtime', () => `the file system has no time ${mtime} seconds from 1970`);
  };

  const tellXattrs = (node: number, { xattrs }: Attributes): void => {
    if (xattrs !== null) report.addNotDone(node, 'xattr', () => xattrMessage(xattrs));
  };

  return {
    onDescriptor(node, fd, wanted) {
      restoreOwner(node, wanted, () => fchownSync(fd, wanted.uid, wanted.gid));
      const mode = safeMode(wanted, fd);
      if (mode !== wanted.mode) {
        report.addNotDone(node, 'setuid', () => `it would run as another than ${wanted.uid}:${wanted.gid}`);
      }
      attempt(node, 'mode', CHMOD_ERRORS, () => fchmodSync(fd, mode));
      attempt(node, 'mtime', UTIMES_ERRORS, () => futimesSync(fd, wanted.time, wanted.time));
      checkTime(node, wanted, () => fstatSync(fd));
      tellXattrs(node, wanted);
    },
    onPath(node, path, wanted) {
      restoreOwner(node, wanted, () => lchownSync(path, wanted.uid, wanted.gid));
      attempt(node, 'mtime', UTIMES_ERRORS, () => lutimesSync(path, wanted.time, wanted.time));
      checkTime(node, wanted, () => lstatSync(path));
      tellXattrs(node, wanted);
    },
  };
}

/** The id above means "leave it" to the system. */
const MAX_ID = 0xfffffffe;

const CHOWN_ERRORS: ReadonlySet<string> = new Set(['EPERM', 'EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);
const CHMOD_ERRORS: ReadonlySet<string> = new Set(['EPERM', 'EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'EFTYPE']);
const UTIMES_ERRORS: ReadonlySet<string> = new Set(['EPERM', 'EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

const SETUID = 0o4000;
const SETGID = 0o2000;

/** Without the bits that would lend the rights of an owner whom the image does not mean. */
function safeMode({ mode, uid, gid }: Attributes, fd: number): number {
  if ((mode & (SETUID | SETGID)) === 0) return mode;
  const is = fstatSync(fd);
  const lost = (is.uid === uid ? 0 : SETUID) | (is.gid === gid ? 0 : SETGID);
  return mode & ~lost;
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
