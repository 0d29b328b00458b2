import { MAX_EXTENSION_BYTES } from '@layers/tar/internal';
import type { Xattrs } from './disk-xattrs.js';

/** The attributes of a file that a tar can store, and why it cannot store the others. */
export interface StorableXattrs {
  /** Null if there are none. */
  readonly xattrs: Xattrs | null;
  /** A sentence for each attribute that is left out. */
  readonly problems: readonly string[];
}

/** Bytes of a header for the names, which have up to 4,095 bytes each, and the numbers of an entry. */
const OTHER_BYTES = 16 * 1024;
/** Bytes of a PAX record besides the name and the value: its length, `SCHILY.xattr.` and separators. */
const RECORD_BYTES = 32;

/**
 * Splits off the attributes that no PAX header can carry: a key ends at its first `=` (POSIX pax, "pax Extended
 * Header"), and readers refuse headers above a limit, which several attributes of 64 KiB can exceed.
 */
export function storableXattrs(xattrs: Xattrs | undefined): StorableXattrs {
  const kept = new Map<string, Uint8Array>();
  const problems: string[] = [];
  let left = MAX_EXTENSION_BYTES - OTHER_BYTES;
  for (const [name, value] of xattrs ?? []) {
    const shown = JSON.stringify(Buffer.from(name, 'latin1').toString('utf8'));
    const bytes = name.length + value.length + RECORD_BYTES;
    if (name.includes('=')) {
      problems.push(
        `a tar cannot store the extended attribute ${shown}, because its name contains "=": left out`,
      );
    } else if (bytes > left) {
      problems.push(
        `a tar cannot store the extended attribute ${shown}, because all have over 1 MiB: left out`,
      );
    } else {
      left -= bytes;
      kept.set(name, value);
    }
  }
  return { xattrs: kept.size === 0 ? null : kept, problems };
}
